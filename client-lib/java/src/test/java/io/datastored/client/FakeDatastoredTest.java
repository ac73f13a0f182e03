package io.datastored.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.datastored.client.fake.FakeDatastored;
import io.datastored.v1.CreateDatastoreRequest;
import io.datastored.v1.Datastore;
import io.datastored.v1.DatastoreSettings;
import io.datastored.v1.DeleteDatastoreRequest;
import io.datastored.v1.ErrorReason;
import io.datastored.v1.MaintenanceMode;
import io.datastored.v1.SetMaintenanceModeRequest;
import io.datastored.v1.UpdateDatastoreRequest;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The client with its own threads, and the fake server as users of the library use it. */
final class FakeDatastoredTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void client_overAPortAndInProcess_writesAndLooksUp(boolean inProcess) {
    try (var server = inProcess ? FakeDatastored.inProcess() : FakeDatastored.start();
        var client = DatastoredClient.create(slow(server).build()).start()) {
      var created =
          client.createDatastore(
              CreateDatastoreRequest.newBuilder()
                  .setDatastore(
                      Datastore.newBuilder()
                          .setName("main")
                          .setSettings(DatastoreSettings.newBuilder().setPath("/srv/main")))
                  .build());
      assertThat(client.applied()).contains(created.getRevision());
      assertThat(client.awaitState(ClientState.FRESH, PATIENCE)).isTrue();
      try (Handle handle = client.lookup("main", Operation.WRITE)) {
        assertThat(handle.settings().getPath()).isEqualTo("/srv/main");
      }
      client.updateDatastore(
          UpdateDatastoreRequest.newBuilder()
              .setDatastore(
                  Datastore.newBuilder()
                      .setName("main")
                      .setSettings(DatastoreSettings.newBuilder().setComment("shelf B")))
              .build());
      assertThat(client.lookup("main", Operation.LOOKUP).settings().getComment())
          .isEqualTo("shelf B");
      client.setMaintenanceMode(
          SetMaintenanceModeRequest.newBuilder()
              .setDatastore("main")
              .setMode(MaintenanceMode.MAINTENANCE_MODE_OFFLINE)
              .build());
      assertThatExceptionOfType(RefusedException.class)
          .isThrownBy(() -> client.lookup("main", Operation.READ))
          .matches(e -> e.origin() == Origin.CACHE);
      await().atMost(PATIENCE).until(() -> server.leases().isEmpty());
      client.deleteDatastore(DeleteDatastoreRequest.newBuilder().setName("main").build());
      assertThatExceptionOfType(RefusedException.class)
          .isThrownBy(() -> client.lookup("main", Operation.READ))
          .matches(e -> e.reason() == ErrorReason.ERROR_REASON_DATASTORE_NOT_FOUND);
    }
  }

  @Test
  void lookup_nobodyThere_isUnavailableInTime_andSaysWhatWasTried() {
    var options =
        ClientOptions.builder("127.0.0.1:1")
            .times(times -> times.withCallDeadline(Duration.ofMillis(300)))
            .build();
    try (var client = DatastoredClient.create(options).start()) {
      assertThatExceptionOfType(UnavailableException.class)
          .isThrownBy(() -> client.lookup("main", Operation.READ))
          .withMessageContaining("main")
          .withMessageContaining("no session yet");
      assertThatExceptionOfType(UnavailableException.class)
          .isThrownBy(() -> client.lookup("main", Operation.LOOKUP));
    }
  }

  @Test
  void threads_startedByStart_goneAfterClose() {
    Set<Thread> before = Thread.getAllStackTraces().keySet();
    try (var server = FakeDatastored.start()) {
      server.put("main");
      var client = DatastoredClient.create(server.options().holder("leak", "1").build());
      assertThat(threadsSince(before)).noneMatch(name -> name.startsWith("datastored-"));
      client.start();
      assertThat(client.awaitState(ClientState.FRESH, PATIENCE)).isTrue();
      client.lookup("main", Operation.READ).close();
      client.close();
      assertThat(threadsSince(before)).noneMatch(name -> name.startsWith("datastored-"));
    }
  }

  @Test
  void threads_shared_areLeftToTheirOwner() {
    try (var server = FakeDatastored.start();
        var threads = ClientThreads.create("datastored-shared", 1)) {
      server.put("main");
      for (int i = 0; i < 3; i++) {
        try (var client = DatastoredClient.create(slow(server).threads(threads).build()).start()) {
          client.lookup("main", Operation.WRITE).close();
        }
      }
      assertThat(server.sessions()).isEmpty();
    }
  }

  @Test
  void close_fromACallback_doesNotWaitForItself() {
    var closed = new CompletableFuture<Void>();
    try (var server = FakeDatastored.start()) {
      var client = DatastoredClient.create(server.options().build());
      client.addListener(
          new ClientListener() {
            @Override
            public void onSession(SessionOpened opened) {
              client.close();
              closed.complete(null);
            }
          });
      client.start();
      await().atMost(PATIENCE).until(closed::isDone);
    }
  }

  @Test
  void callbackThatBlocks_holdsUpNoRenewalAndNoReconnect() throws InterruptedException {
    var release = new CountDownLatch(1);
    try (var server = FakeDatastored.start();
        var client = DatastoredClient.create(slow(server).build())) {
      server.put("main");
      client.addListener(
          new ClientListener() {
            @Override
            public void onFrame(AppliedFrame frame) {
              try {
                release.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            }
          });
      client.start();
      assertThat(client.awaitState(ClientState.FRESH, PATIENCE)).isTrue();
      server.restart();
      await().atMost(PATIENCE).until(() -> client.stats().sessionsOpened() == 2);
      assertThat(client.awaitState(ClientState.FRESH, PATIENCE)).isTrue();
      assertThat(client.stats().callbacksWaiting()).isPositive();
      release.countDown();
    }
  }

  private static ClientOptions.Builder slow(FakeDatastored server) {
    return server
        .options()
        .ttl(Duration.ofSeconds(60))
        .times(times -> times.withCallDeadline(PATIENCE));
  }

  private static List<String> threadsSince(Set<Thread> before) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> !before.contains(thread))
        .map(Thread::getName)
        .collect(Collectors.toList());
  }
}
