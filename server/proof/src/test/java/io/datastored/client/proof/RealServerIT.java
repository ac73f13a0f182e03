package io.datastored.client.proof;

import static io.datastored.client.Operation.LOOKUP;
import static io.datastored.client.Operation.READ;
import static io.datastored.client.Operation.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.datastored.client.ClientOptions;
import io.datastored.client.ClientState;
import io.datastored.client.DatastoredClient;
import io.datastored.client.Handle;
import io.datastored.client.LookupOptions;
import io.datastored.client.Origin;
import io.datastored.client.RefusedException;
import io.datastored.v1.ErrorReason;
import io.datastored.v1.MaintenanceMode;
import io.datastored.v1.SetMaintenanceModeRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RealServerIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path directory;
  private RealServer server;
  private DatastoredClient client;

  @BeforeEach
  void start() throws Exception {
    server = RealServer.start(directory, "main", "other");
    client =
        DatastoredClient.create(
                ClientOptions.builder(server.target())
                    .holder("it", "1")
                    // Long enough for a JVM to start on a busy machine.
                    .ttl(Duration.ofSeconds(60))
                    .times(times -> times.withCallDeadline(Duration.ofSeconds(20)))
                    .build())
            .start();
    assertThat(client.awaitState(ClientState.FRESH, PATIENCE)).isTrue();
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
    server.close();
  }

  @Test
  void lookup_asksOnceAndIsThenAnsweredFromMemory() {
    try (Handle first = client.lookup("main", WRITE)) {
      assertThat(first.origin()).isEqualTo(Origin.SERVER);
      assertThat(first.alive()).isTrue();
      assertThat(first.validFor()).isPositive();
      assertThat(first.settings().getPath()).endsWith("base-main");
    }
    long calls = client.stats().serverCalls();
    for (int i = 0; i < 1000; i++) {
      try (Handle next = client.lookup("main", WRITE)) {
        assertThat(next.origin()).isEqualTo(Origin.CACHE);
        assertThat(next.fencingToken()).isPresent();
      }
    }
    assertThat(client.lookup("main", LOOKUP).origin()).isEqualTo(Origin.CACHE);
    assertThat(client.stats().serverCalls() - calls).isLessThan(10);
    assertThat(client.stats().leases()).isEqualTo(1);
  }

  @Test
  void lookup_unknownDatastore_isRefusedAndRemembered() {
    for (int i = 0; i < 2; i++) {
      assertThatExceptionOfType(RefusedException.class)
          .isThrownBy(() -> client.lookup("nowhere", READ))
          .matches(e -> e.reason() == ErrorReason.ERROR_REASON_DATASTORE_NOT_FOUND)
          .matches(e -> e.metadata().keySet().equals(Set.of("datastore", "generation")));
    }
    assertThat(client.stats().localRefusals()).isEqualTo(1);
  }

  @Test
  void setMaintenanceMode_ownWrite_isObeyedWhenItReturns_andRefusesAsTheServerDoes() {
    Handle open = client.lookup("main", WRITE);
    set(MaintenanceMode.MAINTENANCE_MODE_READ_ONLY);
    RefusedException local = refusal();
    assertThat(local.origin()).isEqualTo(Origin.CACHE);
    assertThat(open.alive()).isTrue();
    open.close();
    await().atMost(PATIENCE).until(() -> client.stats().leases() == 0);
    // A read is asked for and granted; the write is refused by the server in the same words.
    client.lookup("main", READ).close();
    RefusedException remote = refusalOfServer();
    assertThat(remote.origin()).isEqualTo(Origin.SERVER);
    assertThat(local.metadata()).isEqualTo(remote.metadata());
    assertThat(local.getMessage()).isEqualTo(remote.getMessage());
    assertThat(local.code()).isEqualTo(remote.code());
    set(MaintenanceMode.MAINTENANCE_MODE_NONE);
    client.lookup("main", WRITE).close();
  }

  @Test
  void kill_andRestart_leaseGoesOnUnderIdAndToken_withoutASnapshot() throws Exception {
    Handle open = client.lookup("main", WRITE);
    long token = open.fencingToken().orElseThrow();
    long snapshots = client.stats().snapshots();
    server.kill();
    server.restart();
    await().atMost(PATIENCE).until(() -> client.stats().reclaimed() == 1);
    assertThat(client.awaitState(ClientState.FRESH, PATIENCE)).isTrue();
    assertThat(open.alive()).isTrue();
    assertThat(open.fencingToken()).hasValue(token);
    assertThat(client.stats().snapshots()).isEqualTo(snapshots);
    try (Handle next = client.lookup("main", WRITE)) {
      assertThat(next.origin()).isEqualTo(Origin.CACHE);
      assertThat(next.leaseId()).isEqualTo(open.leaseId());
    }
    open.close();
  }

  @Test
  void close_leavesNoThread() {
    client.lookup("main", READ).close();
    client.close();
    assertThat(
            Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("datastored") || name.startsWith("grpc"))
                .collect(Collectors.toSet()))
        .isEmpty();
  }

  private RefusedException refusal() {
    try {
      client.lookup("main", WRITE).close();
    } catch (RefusedException e) {
      return e;
    }
    throw new AssertionError("granted");
  }

  /** Asked for with a maximal age that memory never meets. */
  private RefusedException refusalOfServer() {
    try {
      client.lookup("main", WRITE, LookupOptions.DEFAULT.withMaxAge(Duration.ZERO)).close();
    } catch (RefusedException e) {
      return e;
    }
    throw new AssertionError("granted");
  }

  private void set(MaintenanceMode mode) {
    client.setMaintenanceMode(
        SetMaintenanceModeRequest.newBuilder()
            .setDatastore("main")
            .setMode(mode)
            .setMessage(mode == MaintenanceMode.MAINTENANCE_MODE_NONE ? "" : "disk swap")
            .build());
  }
}
