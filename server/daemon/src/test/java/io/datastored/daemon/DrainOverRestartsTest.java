package io.datastored.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.datastored.backup.Backup;
import io.datastored.backup.Restore;
import io.datastored.config.DatastoreName;
import io.datastored.engine.OtherProcess;
import io.datastored.file.DiskSteps;
import io.datastored.history.Incarnation;
import io.datastored.v1.DatastoreServiceGrpc;
import io.datastored.v1.DrainRequest;
import io.datastored.v1.DrainResponse;
import io.datastored.v1.DrainState;
import io.datastored.v1.KeepAliveRequest;
import io.datastored.v1.Lease;
import io.datastored.v1.LookupRequest;
import io.datastored.v1.MaintenanceMode;
import io.datastored.v1.MaintenanceServiceGrpc;
import io.datastored.v1.OpenSessionRequest;
import io.datastored.v1.Operation;
import io.datastored.v1.OperationCounts;
import io.datastored.v1.ReleaseRequest;
import io.datastored.v1.ServerState;
import io.datastored.v1.ServerStatus;
import io.datastored.v1.SessionServiceGrpc;
import io.datastored.v1.SetMaintenanceModeRequest;
import io.datastored.v1.StatusRequest;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Drains over restarts of the server, and with other processes beside it. */
@Tag("long")
final class DrainOverRestartsTest {
  @RegisterExtension final GrpcCleanup cleanup = new GrpcCleanup();
  @TempDir Path directory;
  private InProcessDaemon daemon;

  @BeforeEach
  void start() throws Exception {
    serve("datastore: main\n\tpath " + directory + "\n\ndatastore: other\n\tpath /srv/other\n");
  }

  private void serve(String config) throws Exception {
    daemon = InProcessDaemon.start(cleanup, directory, config);
  }

  @AfterEach
  void stop() {
    daemon.close();
  }

  @Test
  void restore_ofABackupFromBeforeTheLeases_recoversAllTheSame_andTokensRise() throws Exception {
    String config = Files.readString(daemon.configFile());
    Path state = directory.resolve("state");
    daemon.close();
    Backup backup = Backup.of(state, "1.2.3", Instant.EPOCH);
    serve(config);
    assertThat(status().getState())
        .as("no lease is out")
        .isEqualTo(ServerState.SERVER_STATE_SERVING);
    open();
    Lease lost = lookup("main", lease().setLeaseId("l-1"));
    setOffline();
    Incarnation before = daemon.engine().snapshot().revision().incarnation();
    daemon.close();

    Files.move(state, directory.resolve("state.before"));
    new Restore(state, DiskSteps.REAL).from(backup, Optional.empty());
    serve(config);
    assertThat(status().getState()).isEqualTo(ServerState.SERVER_STATE_RECOVERING);
    assertThat(status().getRecoveryLeft().getSeconds()).as("the longest ttl").isGreaterThan(500);
    assertThat(daemon.engine().snapshot().revision().incarnation()).isNotEqualTo(before);
    open();
    assertThat(lookup("main", lease().setLeaseId("l-2")).getFencingToken())
        .isGreaterThan(lost.getFencingToken());
  }

  @Test
  void drain_afterARestart_waitsForRecoveryAndForTheLeasesThatWereContinued() throws Exception {
    open();
    Lease lease = lookup("main", lease().setLeaseId("l-1"));
    setOffline();
    daemon.close();
    serve(Files.readString(daemon.configFile()));

    assertThat(status().getState()).isEqualTo(ServerState.SERVER_STATE_RECOVERING);
    assertThat(status().getRecoveryLeft().getSeconds()).isBetween(1L, 7L);
    assertThat(health("recovery")).isEqualTo(ServingStatus.NOT_SERVING);
    assertThat(health("")).isEqualTo(ServingStatus.SERVING);
    StatusRuntimeException unknown =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () ->
                SessionServiceGrpc.newBlockingStub(daemon.channel())
                    .keepAlive(KeepAliveRequest.newBuilder().setSessionId("s").build()));
    assertThat(io.grpc.protobuf.StatusProto.fromThrowable(unknown).toString())
        .contains("SESSION_NOT_FOUND", "recovering");
    assertThat(lookup("other", LookupRequest.newBuilder()).getFencingToken())
        .as("new lookups are served at once, with higher tokens")
        .isGreaterThan(lease.getFencingToken());

    open();
    Lease continued =
        lookup(
            "main",
            lease()
                .setLeaseId("l-1")
                .setHeldFencingToken(lease.getFencingToken())
                .setContinuation(lease.getContinuation()));
    assertThat(continued.getFencingToken()).isEqualTo(lease.getFencingToken());
    Iterator<DrainResponse> drain = drain();
    DrainResponse first = drain.next();
    assertThat(first.getState()).isEqualTo(DrainState.DRAIN_STATE_DRAINING);
    assertThat(first.getProgress().hasRecoveryLeft()).isTrue();
    assertThat(first.getProgress().getLeases()).isEqualTo(1);

    DatastoreServiceGrpc.newBlockingStub(daemon.channel())
        .release(ReleaseRequest.newBuilder().setLeaseId("l-1").build());
    DrainResponse last = last(drain);
    assertThat(last.getState()).isEqualTo(DrainState.DRAIN_STATE_DRAINED);
    assertThat(status().getState()).isEqualTo(ServerState.SERVER_STATE_SERVING);
    await().until(() -> health("recovery") == ServingStatus.SERVING);
  }

  @Test
  void drain_anotherProcessWorks_isBlockedByItUntilItHasStopped() throws Exception {
    try (OtherProcess other =
        OtherProcess.start(
            daemon.configFile(), directory.resolve("state"), directory.resolve("run"))) {
      assertThat(other.hold(new DatastoreName("main"), io.datastored.operation.Operation.WRITE))
          .isEqualTo("held");
      setOffline();

      Iterator<DrainResponse> drain = drain();
      DrainResponse first = drain.next();
      assertThat(first.getState()).isEqualTo(DrainState.DRAIN_STATE_DRAINING);
      assertThat(first.getProgress().hasBound()).isFalse();
      assertThat(first.getProgress().getBlockers(0).getProcess().getPid()).isEqualTo(other.pid());
      assertThat(
              DatastoreServiceGrpc.newBlockingStub(daemon.channel())
                  .status(StatusRequest.newBuilder().setDatastore("main").build())
                  .getDatastores(0)
                  .getProcessesList())
          .singleElement()
          .satisfies(process -> assertThat(process.getPid()).isEqualTo(other.pid()));
      other.release(io.datastored.operation.Operation.WRITE);

      assertThat(last(drain).getState()).isEqualTo(DrainState.DRAIN_STATE_DRAINED);
    }
  }

  @Test
  void drain_anotherProcessIsKilled_isBlockedNoLonger() throws Exception {
    Iterator<DrainResponse> drain;
    try (OtherProcess other =
        OtherProcess.start(
            daemon.configFile(), directory.resolve("state"), directory.resolve("run"))) {
      assertThat(other.hold(new DatastoreName("main"), io.datastored.operation.Operation.READ))
          .isEqualTo("held");
      setOffline();
      drain = drain();
      assertThat(drain.next().getState()).isEqualTo(DrainState.DRAIN_STATE_DRAINING);
    }

    assertThat(last(drain).getState()).isEqualTo(DrainState.DRAIN_STATE_DRAINED);
  }

  @Test
  void drain_anotherProcessIsIdleAndStopped_waitsForItToLetGoOfTheBaseDirectory() throws Exception {
    try (OtherProcess other =
        OtherProcess.start(
            daemon.configFile(), directory.resolve("state"), directory.resolve("run"))) {
      assertThat(other.hold(new DatastoreName("main"), io.datastored.operation.Operation.WRITE))
          .isEqualTo("held");
      other.release(io.datastored.operation.Operation.WRITE);
      signal("STOP", other.pid());
      setOffline();

      Iterator<DrainResponse> drain = drain();
      DrainResponse first = drain.next();
      assertThat(first.getState()).isEqualTo(DrainState.DRAIN_STATE_DRAINING);
      assertThat(first.getProgress().getOperations())
          .isEqualTo(OperationCounts.getDefaultInstance());
      assertThat(first.getProgress().getBlockers(0).getProcess().getPid()).isEqualTo(other.pid());
      assertThat(
              DatastoreServiceGrpc.newBlockingStub(daemon.channel())
                  .status(StatusRequest.newBuilder().setDatastore("main").build())
                  .getDatastores(0)
                  .getDrain()
                  .getWaitsFor())
          .contains("process " + other.pid(), "to let go of the base directory");
      signal("CONT", other.pid());

      assertThat(last(drain).getState()).isEqualTo(DrainState.DRAIN_STATE_DRAINED);
    }
  }

  private static void signal(String name, long pid) throws Exception {
    Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start();
    assertThat(kill.waitFor()).isZero();
  }

  private void open() {
    var unused =
        SessionServiceGrpc.newBlockingStub(daemon.channel())
            .openSession(
                OpenSessionRequest.newBuilder()
                    .setSessionId("s")
                    .setTtl(com.google.protobuf.Duration.newBuilder().setSeconds(6))
                    .build());
  }

  private static LookupRequest.Builder lease() {
    return LookupRequest.newBuilder().setSessionId("s");
  }

  private Lease lookup(String name, LookupRequest.Builder request) {
    var alone = com.google.protobuf.Duration.newBuilder().setSeconds(1);
    if (request.getSessionId().isEmpty()) {
      request.setTtl(alone);
    }
    return DatastoreServiceGrpc.newBlockingStub(daemon.channel())
        .lookup(request.setDatastore(name).setOperation(Operation.OPERATION_WRITE).build())
        .getLease();
  }

  private void setOffline() {
    var unused =
        MaintenanceServiceGrpc.newBlockingStub(daemon.channel())
            .setMaintenanceMode(
                SetMaintenanceModeRequest.newBuilder()
                    .setDatastore("main")
                    .setMode(MaintenanceMode.MAINTENANCE_MODE_OFFLINE)
                    .build());
  }

  private Iterator<DrainResponse> drain() {
    return MaintenanceServiceGrpc.newBlockingStub(daemon.channel())
        .withDeadlineAfter(60, TimeUnit.SECONDS)
        .drain(DrainRequest.newBuilder().setDatastore("main").build());
  }

  private static DrainResponse last(Iterator<DrainResponse> drain) {
    DrainResponse last = drain.next();
    while (drain.hasNext()) {
      last = drain.next();
    }
    return last;
  }

  private ServerStatus status() {
    return DatastoreServiceGrpc.newBlockingStub(daemon.channel())
        .status(StatusRequest.getDefaultInstance())
        .getServer();
  }

  private ServingStatus health(String service) {
    return HealthGrpc.newBlockingStub(daemon.channel())
        .check(HealthCheckRequest.newBuilder().setService(service).build())
        .getStatus();
  }
}
