package io.datastored.service.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Duration;
import io.datastored.config.DatastoreName;
import io.datastored.daemon.GrpcCleanup;
import io.datastored.daemon.InProcessDaemon;
import io.datastored.engine.Handle;
import io.datastored.service.wire.CaughtRefusal;
import io.datastored.v1.DatastoreServiceGrpc;
import io.datastored.v1.DatastoreServiceGrpc.DatastoreServiceBlockingStub;
import io.datastored.v1.DrainRequest;
import io.datastored.v1.DrainResponse;
import io.datastored.v1.DrainState;
import io.datastored.v1.KeepAliveRequest;
import io.datastored.v1.KeepAliveResponse;
import io.datastored.v1.LookupRequest;
import io.datastored.v1.LookupResponse;
import io.datastored.v1.MaintenanceMode;
import io.datastored.v1.MaintenanceServiceGrpc;
import io.datastored.v1.MaintenanceServiceGrpc.MaintenanceServiceBlockingStub;
import io.datastored.v1.OpenSessionRequest;
import io.datastored.v1.OpenSessionResponse;
import io.datastored.v1.Operation;
import io.datastored.v1.ReleaseRequest;
import io.datastored.v1.Revision;
import io.datastored.v1.SessionServiceGrpc;
import io.datastored.v1.SessionServiceGrpc.SessionServiceBlockingStub;
import io.datastored.v1.SetMaintenanceModeRequest;
import io.datastored.v1.SetMaintenanceModeResponse;
import io.grpc.Status.Code;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

final class DrainCallsTest {
  private static final MaintenanceMode NONE = MaintenanceMode.MAINTENANCE_MODE_NONE;
  private static final MaintenanceMode READ_ONLY = MaintenanceMode.MAINTENANCE_MODE_READ_ONLY;
  private static final MaintenanceMode OFFLINE = MaintenanceMode.MAINTENANCE_MODE_OFFLINE;
  private static final DrainState DRAINING = DrainState.DRAIN_STATE_DRAINING;
  private static final DrainState DRAINED = DrainState.DRAIN_STATE_DRAINED;
  private static final DrainState ABORTED = DrainState.DRAIN_STATE_ABORTED;
  private static final DrainState TIMED_OUT = DrainState.DRAIN_STATE_TIMED_OUT;

  /** Time enough for the last word of a slow machine. */
  private static final java.time.Duration BEFORE_DEADLINE = java.time.Duration.ofSeconds(10);

  @RegisterExtension final GrpcCleanup cleanup = new GrpcCleanup();
  @TempDir Path directory;

  private InProcessDaemon daemon;
  private MaintenanceServiceBlockingStub maintenance;
  private DatastoreServiceBlockingStub datastores;
  private SessionServiceBlockingStub sessions;

  @BeforeEach
  void start() throws Exception {
    daemon =
        InProcessDaemon.start(
            cleanup,
            directory,
            "datastore: main\n\tpath " + directory + "\n",
            options -> {
              options.drains.beforeDeadline = BEFORE_DEADLINE;
              options.drains.maxDrains = 2;
            });
    maintenance = MaintenanceServiceGrpc.newBlockingStub(daemon.channel());
    datastores = DatastoreServiceGrpc.newBlockingStub(daemon.channel());
    sessions = SessionServiceGrpc.newBlockingStub(daemon.channel());
  }

  @AfterEach
  void stop() {
    daemon.close();
  }

  @Test
  void drain_nobodyIsThere_isDrainedAtOnce() {
    set(OFFLINE);

    Iterator<DrainResponse> drain = drain();

    DrainResponse last = drain.next();
    assertThat(last.getState()).isEqualTo(DRAINED);
    assertThat(last.getMaintenance().getMode()).isEqualTo(OFFLINE);
    assertThat(last.getRevision().getGeneration()).isPositive();
    assertThat(last.hasElapsed()).isTrue();
    assertThat(drain.hasNext()).isFalse();
  }

  @Test
  void drain_leaseIsHeld_waitsForItsRelease() {
    String lease = lookup(Operation.OPERATION_WRITE, "").getLease().getLeaseId();
    set(READ_ONLY);

    Iterator<DrainResponse> drain = drain();
    DrainResponse first = drain.next();
    assertThat(first.getState()).isEqualTo(DRAINING);
    assertThat(first.getProgress().getLeases()).isEqualTo(1);
    assertThat(first.getProgress().getOperations().getWrite()).isEqualTo(1);
    assertThat(first.getProgress().hasBound()).isTrue();
    assertThat(first.getProgress().getBlockers(0).getLease().getLease().getLeaseId())
        .isEqualTo(lease);
    datastores.release(ReleaseRequest.newBuilder().setLeaseId(lease).build());

    assertThat(last(drain).getState()).isEqualTo(DRAINED);
  }

  @Test
  void drain_onlyWhatTheModeAllowsIsHeld_isDrained() {
    lookup(Operation.OPERATION_READ, "");
    set(READ_ONLY);

    assertThat(last(drain()).getState()).isEqualTo(DRAINED);
  }

  @Test
  void drain_localOperation_hasNoBound() {
    try (Handle handle =
        daemon
            .engine()
            .lookup(new DatastoreName("main"), io.datastored.operation.Operation.WRITE)
            .handle()) {
      assertThat(handle).isNotNull();
      set(OFFLINE);

      DrainResponse first = drain().next();

      assertThat(first.getState()).isEqualTo(DRAINING);
      assertThat(first.getProgress().hasBound()).isFalse();
      assertThat(first.getProgress().getBlockers(0).getProcess().getPid())
          .isEqualTo(ProcessHandle.current().pid());
    }

    assertThat(last(drain()).getState()).isEqualTo(DRAINED);
  }

  @Test
  void drain_cachingSessionIsBehind_waitsUntilItHasApplied() {
    String session = open(true).getSessionId();
    Revision mode = set(OFFLINE).getRevision();

    Iterator<DrainResponse> drain = drain();
    DrainResponse first = drain.next();
    assertThat(first.getState()).isEqualTo(DRAINING);
    assertThat(first.getProgress().getSessions()).isEqualTo(1);
    assertThat(first.getProgress().getBlockers(0).getSession().getSessionId()).isEqualTo(session);
    keepAlive(session, mode);

    assertThat(last(drain).getState()).isEqualTo(DRAINED);
  }

  @Test
  void drain_sessionCachesNothingOrOpenedLater_isNotWaitedFor() {
    open(false);
    set(OFFLINE);
    open(true);

    assertThat(last(drain()).getState()).isEqualTo(DRAINED);
  }

  @Test
  void drain_modeIsCleared_isAborted() {
    lookup(Operation.OPERATION_WRITE, "");
    set(OFFLINE);
    Iterator<DrainResponse> drain = drain();
    assertThat(drain.next().getState()).isEqualTo(DRAINING);

    set(NONE);

    DrainResponse last = last(drain);
    assertThat(last.getState()).isEqualTo(ABORTED);
    assertThat(last.getMaintenance().getMode()).isEqualTo(NONE);
  }

  @Test
  void drain_modeIsClearedAndSetAgain_isAborted() {
    lookup(Operation.OPERATION_WRITE, "");
    String etag = set(OFFLINE).getDatastore().getEtag();
    set(NONE);
    set(OFFLINE);

    Iterator<DrainResponse> drain =
        maintenance.drain(DrainRequest.newBuilder().setDatastore("main").setEtag(etag).build());

    assertThat(drain.next().getState()).isEqualTo(ABORTED);
  }

  @Test
  void drain_timeout_isToldAndTheModeStays() {
    lookup(Operation.OPERATION_WRITE, "");
    set(OFFLINE);

    DrainResponse last =
        last(
            maintenance.drain(
                DrainRequest.newBuilder()
                    .setDatastore("main")
                    .setTimeout(Duration.newBuilder().setNanos(100_000_000))
                    .build()));

    assertThat(last.getState()).isEqualTo(TIMED_OUT);
    assertThat(last.getProgress().getLeases()).isEqualTo(1);
    assertThat(daemon.engine().snapshot().find(new DatastoreName("main")).orElseThrow())
        .satisfies(main -> assertThat(main.maintenance().mode().word()).isEqualTo("offline"));
  }

  @Test
  void drain_deadlineComesFirst_isToldShortlyBeforeIt() {
    lookup(Operation.OPERATION_WRITE, "");
    set(OFFLINE);

    DrainResponse last =
        last(
            maintenance
                .withDeadlineAfter(BEFORE_DEADLINE.plusSeconds(1).toMillis(), TimeUnit.MILLISECONDS)
                .drain(DrainRequest.newBuilder().setDatastore("main").build()));

    assertThat(last.getState()).isEqualTo(TIMED_OUT);
  }

  @Test
  void drain_force_holderLearnsItAndDrainedComesAfterItMustHaveStopped() {
    String session = open(false).getSessionId();
    LookupResponse held = lookup(Operation.OPERATION_WRITE, session);
    set(OFFLINE);

    Iterator<DrainResponse> drain =
        maintenance.drain(DrainRequest.newBuilder().setDatastore("main").setForce(true).build());
    DrainResponse first = drain.next();
    assertThat(first.getState()).isEqualTo(DRAINING);
    assertThat(first.getProgress().getForcedLeases()).isEqualTo(1);
    assertThat(first.getProgress().getLeases()).isZero();
    assertThat(first.getProgress().hasBound()).isTrue();

    KeepAliveResponse renewed = keepAlive(session, held.getRevision());
    assertThat(renewed.getEndedLeaseIdsList()).containsExactly(held.getLease().getLeaseId());
    CaughtRefusal refusal =
        CaughtRefusal.of(
            () ->
                datastores.lookup(
                    LookupRequest.newBuilder()
                        .setDatastore("main")
                        .setOperation(Operation.OPERATION_WRITE)
                        .setSessionId(session)
                        .setLeaseId(held.getLease().getLeaseId())
                        .setHeldFencingToken(held.getLease().getFencingToken())
                        .build()));
    assertThat(refusal.reason()).isEqualTo("LEASE_ENDED");
    assertThat(refusal.info().getMetadataMap()).containsEntry("cause", "forced");
    assertThat(drain().next().getState()).as("it has not stopped yet").isEqualTo(DRAINING);

    datastores.release(
        ReleaseRequest.newBuilder().setLeaseId(held.getLease().getLeaseId()).build());
    assertThat(last(drain).getState()).isEqualTo(DRAINED);
    assertThat(keepAlive(session, held.getRevision()).getEndedLeaseIdsList()).isEmpty();
  }

  @Test
  void drain_force_silentHolder_isWaitedForUntilItMustHaveStopped() {
    String lease =
        datastores
            .lookup(
                LookupRequest.newBuilder()
                    .setDatastore("main")
                    .setOperation(Operation.OPERATION_WRITE)
                    .setTtl(Duration.newBuilder().setSeconds(1))
                    .build())
            .getLease()
            .getLeaseId();
    long granted = System.nanoTime();
    set(OFFLINE);

    DrainResponse last =
        last(
            maintenance.drain(
                DrainRequest.newBuilder().setDatastore("main").setForce(true).build()));

    assertThat(last.getState()).isEqualTo(DRAINED);
    assertThat(lease).isNotEmpty();
    assertThat(java.time.Duration.ofNanos(System.nanoTime() - granted))
        .isGreaterThan(java.time.Duration.ofSeconds(1));
  }

  @Test
  void drain_cancelled_changesNothing() {
    lookup(Operation.OPERATION_WRITE, "");
    set(OFFLINE);
    for (int i = 0; i < 10; i++) {
      io.grpc.Context.CancellableContext context = io.grpc.Context.current().withCancellation();
      context.run(() -> assertThat(drain().next().getState()).isEqualTo(DRAINING));
      context.cancel(null);
    }

    await().until(() -> isDraining());
    daemon.close();
  }

  private boolean isDraining() {
    try {
      return drain().next().getState() == DRAINING;
    } catch (io.grpc.StatusRuntimeException stillFull) {
      return false;
    }
  }

  @Test
  void drain_inService_isRefused() {
    CaughtRefusal refusal = CaughtRefusal.of(() -> drain().next());

    assertThat(refusal.reason()).isEqualTo("NOT_UNDER_MAINTENANCE");
    assertThat(refusal.info().getMetadataMap()).containsEntry("datastore", "main");
  }

  @Test
  void drain_unknownDatastoreOrBadRequest_isRefused() {
    assertThat(
            CaughtRefusal.of(
                    () ->
                        maintenance
                            .drain(DrainRequest.newBuilder().setDatastore("nowhere").build())
                            .next())
                .reason())
        .isEqualTo("DATASTORE_NOT_FOUND");
    assertThat(
            CaughtRefusal.of(
                    () ->
                        maintenance
                            .drain(
                                DrainRequest.newBuilder()
                                    .setTimeout(Duration.newBuilder().setSeconds(-1))
                                    .build())
                            .next())
                .faultyFields())
        .containsExactly("datastore", "timeout");
  }

  @Test
  void drain_moreThanMayBeOpen_isRefused() {
    lookup(Operation.OPERATION_WRITE, "");
    set(OFFLINE);
    drain().next();
    drain().next();

    CaughtRefusal refusal = CaughtRefusal.of(() -> drain().next());

    assertThat(refusal.reason()).isEqualTo("QUOTA_EXCEEDED");
    assertThat(refusal.info().getMetadataMap())
        .containsEntry("limit", "max-drains")
        .containsEntry("value", "2");
    daemon.close();
  }

  @Test
  void drain_serverStops_endsWithUnavailable() {
    lookup(Operation.OPERATION_WRITE, "");
    set(OFFLINE);
    Iterator<DrainResponse> drain = drain();
    drain.next();

    daemon.close();

    CaughtRefusal refusal = CaughtRefusal.of(() -> last(drain));
    assertThat(refusal.code()).isEqualTo(Code.UNAVAILABLE);
    assertThat(refusal.reason()).isEqualTo("NOT_READY");
  }

  private static DrainResponse last(Iterator<DrainResponse> drain) {
    DrainResponse last = drain.next();
    while (drain.hasNext()) {
      last = drain.next();
    }
    return last;
  }

  private Iterator<DrainResponse> drain() {
    return maintenance
        .withDeadlineAfter(60, TimeUnit.SECONDS)
        .drain(DrainRequest.newBuilder().setDatastore("main").build());
  }

  private SetMaintenanceModeResponse set(MaintenanceMode mode) {
    return maintenance.setMaintenanceMode(
        SetMaintenanceModeRequest.newBuilder().setDatastore("main").setMode(mode).build());
  }

  private LookupResponse lookup(Operation operation, String session) {
    return datastores.lookup(
        LookupRequest.newBuilder()
            .setDatastore("main")
            .setOperation(operation)
            .setSessionId(session)
            .build());
  }

  private OpenSessionResponse open(boolean caches) {
    return sessions.openSession(OpenSessionRequest.newBuilder().setCaches(caches).build());
  }

  private KeepAliveResponse keepAlive(String session, Revision applied) {
    return sessions.keepAlive(
        KeepAliveRequest.newBuilder().setSessionId(session).setApplied(applied).build());
  }
}
