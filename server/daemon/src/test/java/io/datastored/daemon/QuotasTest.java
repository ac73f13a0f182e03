package io.datastored.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.rpc.QuotaFailure;
import com.google.rpc.RetryInfo;
import io.datastored.access.RecordedTrail;
import io.datastored.service.wire.CaughtRefusal;
import io.datastored.v1.CloseSessionRequest;
import io.datastored.v1.DatastoreConfigServiceGrpc;
import io.datastored.v1.DatastoreServiceGrpc;
import io.datastored.v1.DrainRequest;
import io.datastored.v1.DrainState;
import io.datastored.v1.GetDatastoreRequest;
import io.datastored.v1.LimitStatus;
import io.datastored.v1.LimitTaker;
import io.datastored.v1.ListDatastoresRequest;
import io.datastored.v1.LookupRequest;
import io.datastored.v1.MaintenanceMode;
import io.datastored.v1.MaintenanceServiceGrpc;
import io.datastored.v1.OpenSessionRequest;
import io.datastored.v1.Operation;
import io.datastored.v1.ReleaseRequest;
import io.datastored.v1.Revision;
import io.datastored.v1.SessionServiceGrpc;
import io.datastored.v1.SetMaintenanceModeRequest;
import io.datastored.v1.StatusRequest;
import io.datastored.v1.StatusResponse;
import io.datastored.v1.WatchGenerationRequest;
import io.datastored.watch.TestRules;
import io.grpc.Context;
import io.grpc.Context.CancellableContext;
import io.grpc.ManagedChannel;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What one client, several, and an operator can take of each limit. */
@Tag("long")
final class QuotasTest {
  private static final int OPERATOR = 2000;
  private static final int USER = 1500;

  /** Of ten places, four are a share, so three readers can take all of them. */
  private static final int PLACES = 10;

  private static final int SHARE = 4;
  private static final int RESERVE = 1;

  @RegisterExtension final GrpcCleanup cleanup = new GrpcCleanup();
  @TempDir Path directory;

  private final RecordedTrail trail = new RecordedTrail();
  private final Map<Integer, ManagedChannel> channels = new HashMap<>();
  private final CancellableContext open = Context.current().withCancellation();
  private Path fifo;
  private InProcessDaemon daemon;

  /** Something that a client keeps open. */
  private interface Opening {
    void by(int uid);
  }

  @BeforeEach
  void start() throws Exception {
    Path main = Files.createDirectory(directory.resolve("main"));
    Path hung = Files.createDirectory(directory.resolve("hung"));
    // Who opens it to read waits until somebody writes.
    fifo = hung.resolve(".gc-status");
    assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();
    daemon =
        InProcessDaemon.start(
            cleanup,
            directory,
            "datastore: main\n\tpath %s\n\ndatastore: hung\n\tpath %s\n".formatted(main, hung),
            options -> {
              int percent = 100 * SHARE / PLACES;
              options.probes.limit = Duration.ofHours(1);
              options.service.firstStatusWait = Duration.ofHours(1);
              options.watches.watchers = PLACES;
              options.watches.share = percent;
              options.drains.maxDrains = PLACES;
              options.drains.share = percent;
              options.leases.maxLeases = PLACES;
              options.leases.sessions.maxSessions = PLACES;
              options.leases.share = percent;
              options.calls.threads = 2;
              options.calls.onDisk = PLACES;
              options.calls.inFlight = 2 * PLACES;
              options.calls.share = percent;
            },
            Optional.of(trail));
    daemon
        .access()
        .use(
            TestRules.rules(
                "allow uid:* reader *", "allow uid:1500 user *", "allow uid:2000 operator *"),
            daemon.engine().snapshot().revision());
  }

  @AfterEach
  void stop() throws IOException {
    open.cancel(null);
    // Lets the thread of the hung base path go.
    new RandomAccessFile(fifo.toFile(), "rw").close();
    daemon.close();
  }

  @Test
  void watches_areShared_andOperatorsHaveAReserve() {
    shared("max-watchers", PLACES, this::watch);
  }

  @Test
  void drains_areShared_andOperatorsHaveAReserve() {
    inTheWay();
    shared("max-drains", PLACES, this::drain);
  }

  @Test
  void callsInFlight_areShared_andOperatorsHaveAReserve() {
    shared("max-calls", 2 * PLACES, this::waitForRevision);
  }

  @Test
  void callsOnDisk_areShared_andOperatorsHaveAReserve() {
    shared("max-disk-calls", PLACES, this::hang);
  }

  @Test
  void leasesAndSessions_areShared() {
    for (int taken = 0; taken < SHARE; taken++) {
      String unused = lease(USER);
      session(USER);
    }

    assertShareIsNamed(CaughtRefusal.of(() -> lease(USER)), "max-leases", PLACES, USER);
    assertShareIsNamed(CaughtRefusal.of(() -> session(USER)), "max-sessions", PLACES, USER);
    session(OPERATOR);
  }

  /** Takes all that readers get, then looks at who is refused, and why. */
  private void shared(String limit, int places, Opening opening) {
    int share = places * SHARE / PLACES;
    fill(1001, share, opening);
    assertShareIsNamed(CaughtRefusal.of(() -> opening.by(1001)), limit, places, 1001);
    fill(1002, share, opening);
    fill(1003, places - 2 * share, opening);

    CaughtRefusal refusal = CaughtRefusal.of(() -> opening.by(1004));

    if (limit.endsWith("calls")) {
      // Other clients take all places; that passes soon.
      assertThat(refusal.reason()).isEqualTo("NOT_READY");
      assertThat(refusal.status().getMessage()).contains("limit %s = %d".formatted(limit, places));
    } else {
      assertThat(refusal.code()).isEqualTo(Code.RESOURCE_EXHAUSTED);
      assertThat(refusal.info().getMetadataMap())
          .containsEntry("limit", limit)
          .containsEntry("value", Integer.toString(places))
          .containsEntry("share", "");
    }
    for (int taken = 0; taken < places / PLACES * RESERVE; taken++) {
      opening.by(OPERATOR);
    }
    assertThat(takeAll(OPERATOR, opening)).isZero();
    open.cancel(null);
  }

  private static void fill(int uid, int places, Opening opening) {
    for (int taken = 0; taken < places; taken++) {
      opening.by(uid);
    }
  }

  private void assertShareIsNamed(CaughtRefusal refusal, String limit, int of, int uid) {
    assertThat(refusal.code()).isEqualTo(Code.RESOURCE_EXHAUSTED);
    assertThat(refusal.reason()).isEqualTo("QUOTA_EXCEEDED");
    assertThat(refusal.info().getMetadataMap())
        .containsEntry("limit", limit)
        .containsEntry("value", Integer.toString(of))
        .containsEntry("principal", "uid:" + uid)
        .containsEntry("share", Integer.toString(of * SHARE / PLACES));
    QuotaFailure.Violation failure =
        refusal.detail(QuotaFailure.class).orElseThrow().getViolations(0);
    assertThat(failure.getSubject()).isEqualTo("principal:uid:" + uid);
    assertThat(failure.getDescription()).contains("ask for a higher --" + limit);
    assertThat(refusal.detail(RetryInfo.class).isPresent()).isEqualTo(limit.endsWith("calls"));
    assertThat(trail.lines())
        .as("the audit trail")
        .anySatisfy(
            line -> {
              assertThat(line.get("event").getAsString()).isEqualTo("denied");
              assertThat(line.get("principal").getAsString()).isEqualTo("uid:" + uid);
              assertThat(line.get("reason").getAsString()).contains("its share of limit " + limit);
            });
  }

  @Test
  void greedyReaders_keepNoOperatorOut() {
    String lease = inTheWay();
    // Measured before, so that the next one does not wait.
    StatusResponse unused = status(OPERATOR);
    // Drains before what hangs: those of readers look on the same threads.
    for (Opening opening :
        List.<Opening>of(this::watch, this::drain, this::hang, this::waitForRevision)) {
      for (int uid = 1001; uid <= 1004; uid++) {
        assertThat(takeAll(uid, opening)).isLessThanOrEqualTo(2 * SHARE);
      }
    }

    setMode(OPERATOR, MaintenanceMode.MAINTENANCE_MODE_READ_ONLY);
    StatusResponse status = status(OPERATOR);
    drain(OPERATOR);
    watch(OPERATOR);
    assertThat(status.getServer().getLimitsList())
        .filteredOn(limit -> limit.getTaken() >= limit.getTotal())
        .extracting(LimitStatus::getName)
        .containsExactlyInAnyOrder("max-watchers", "max-drains", "max-calls", "max-disk-calls");
    assertThat(released(OPERATOR, lease)).isTrue();
    open.cancel(null);
  }

  /** Opens until it is refused; the number of what was opened. */
  private static int takeAll(int uid, Opening opening) {
    int taken = 0;
    try {
      while (taken <= 10 * PLACES) {
        opening.by(uid);
        taken++;
      }
    } catch (StatusRuntimeException refused) {
      assertThat(CaughtRefusal.of(refused).reason()).isIn("QUOTA_EXCEEDED", "NOT_READY");
    }
    return taken;
  }

  @Test
  void status_showsWhoTookTheMost_toOperatorsOnly() {
    for (int uid = 1001; uid <= 1007; uid++) {
      fill(uid, uid == 1004 ? 2 : 1, this::watch);
    }

    LimitStatus seen = limit(status(OPERATOR), "max-watchers");

    assertThat(seen.getTotal()).isEqualTo(PLACES);
    assertThat(seen.getShare()).isEqualTo(SHARE);
    assertThat(seen.getTaken()).isEqualTo(8);
    assertThat(seen.getOwn()).isZero();
    assertThat(seen.getGreatestList())
        .hasSize(5)
        .startsWith(LimitTaker.newBuilder().setPrincipal("uid:1004").setTaken(2).build());
    assertThat(limit(status(1004), "max-watchers"))
        .isEqualTo(
            LimitStatus.newBuilder()
                .setName("max-watchers")
                .setTotal(PLACES)
                .setShare(SHARE)
                .setOwn(2)
                .build());
    assertThat(status(OPERATOR).getServer().getLimitsList())
        .extracting(LimitStatus::getName)
        .containsExactly(
            "max-leases",
            "max-sessions",
            "max-watchers",
            "max-watch-buffer",
            "max-drains",
            "max-calls",
            "max-disk-calls",
            "max-answer-buffer");
    open.cancel(null);
  }

  @Test
  void tenThousandCallsAndStreams_thatEndInEachWay_leaveNothingTaken() {
    String unused = inTheWay();
    for (int i = 0; i < 10_000; i++) {
      int uid = 1001 + i % 3;
      switch (i % 10) {
        case 0 -> cancelled(() -> watch(uid));
        case 1 -> cancelled(() -> drain(uid));
        case 2 -> failed(() -> drained(uid, "hung"));
        case 3 -> cancelled(() -> waitForRevision(uid));
        case 4 -> failed(() -> timeOut(uid));
        case 5 ->
            DatastoreConfigServiceGrpc.newFutureStub(channel(uid))
                .listDatastores(ListDatastoresRequest.getDefaultInstance())
                .cancel(true);
        case 6 -> failed(() -> get(uid, "missing"));
        case 7 -> assertThat(released(USER, leaseOf(USER, "hung"))).isTrue();
        case 8 -> closed(uid, session(uid));
        default -> failed(() -> watchOf(uid, "no-such-session"));
      }
    }

    await()
        .untilAsserted(
            () ->
                assertThat(status(OPERATOR).getServer().getLimitsList())
                    .allSatisfy(
                        limit ->
                            assertThat(limit.getGreatestList())
                                .as(limit.getName())
                                .allMatch(QuotasTest::isTheQuestionItself)));
  }

  /** The call that asks, and the lease that is in the way of the drains. */
  private static boolean isTheQuestionItself(LimitTaker taker) {
    return taker.getTaken() == 1 && taker.getPrincipal().equals("uid:" + OPERATOR);
  }

  private void cancelled(Runnable opening) {
    CancellableContext call = Context.current().withCancellation();
    call.run(opening);
    call.cancel(null);
  }

  private static void failed(Runnable call) {
    StatusRuntimeException failure = catchThrowableOfType(StatusRuntimeException.class, call::run);
    assertThat(failure.getStatus().getCode()).isNotEqualTo(Code.RESOURCE_EXHAUSTED);
  }

  /** Makes a drain of main wait, and returns the lease that it waits for. */
  private String inTheWay() {
    String lease = lease(OPERATOR);
    setMode(OPERATOR, MaintenanceMode.MAINTENANCE_MODE_OFFLINE);
    return lease;
  }

  private void watch(int uid) {
    watchOf(uid, "");
  }

  private void watchOf(int uid, String session) {
    during(
        () ->
            DatastoreServiceGrpc.newBlockingStub(channel(uid))
                .watchGeneration(WatchGenerationRequest.newBuilder().setSessionId(session).build())
                .next());
  }

  private void drain(int uid) {
    drained(uid, "main");
  }

  private void drained(int uid, String datastore) {
    DrainState state =
        during(
                () ->
                    MaintenanceServiceGrpc.newBlockingStub(channel(uid))
                        .drain(DrainRequest.newBuilder().setDatastore(datastore).build())
                        .next())
            .getState();
    assertThat(state).isEqualTo(DrainState.DRAIN_STATE_DRAINING);
  }

  /** A call that holds a thread until the test ends. */
  private void hang(int uid) {
    throwIfRefused(
        during(
            () ->
                DatastoreServiceGrpc.newFutureStub(channel(uid))
                    .status(StatusRequest.newBuilder().setDatastore("hung").build())));
  }

  /** A call that holds nothing but its place until the test ends. */
  private void waitForRevision(int uid) {
    throwIfRefused(during(() -> DatastoreServiceGrpc.newFutureStub(channel(uid)).lookup(later())));
  }

  private void timeOut(int uid) {
    var unused =
        DatastoreServiceGrpc.newBlockingStub(channel(uid))
            .withDeadlineAfter(1, TimeUnit.MILLISECONDS)
            .lookup(later());
  }

  private LookupRequest later() {
    var served = daemon.engine().snapshot().revision();
    return LookupRequest.newBuilder()
        .setDatastore("main")
        .setOperation(Operation.OPERATION_LOOKUP)
        .setAtLeast(
            Revision.newBuilder()
                .setIncarnation(served.incarnation().value())
                .setGeneration(served.generation().value() + 1_000))
        .build();
  }

  private void get(int uid, String name) {
    var unused =
        DatastoreConfigServiceGrpc.newBlockingStub(channel(uid))
            .getDatastore(GetDatastoreRequest.newBuilder().setName(name).build());
  }

  private String lease(int uid) {
    return leaseOf(uid, "main");
  }

  private String leaseOf(int uid, String datastore) {
    return DatastoreServiceGrpc.newBlockingStub(channel(uid))
        .lookup(
            LookupRequest.newBuilder()
                .setDatastore(datastore)
                .setOperation(Operation.OPERATION_WRITE)
                .build())
        .getLease()
        .getLeaseId();
  }

  private boolean released(int uid, String lease) {
    return DatastoreServiceGrpc.newBlockingStub(channel(uid))
        .release(ReleaseRequest.newBuilder().setLeaseId(lease).build())
        .getReleased();
  }

  private String session(int uid) {
    return SessionServiceGrpc.newBlockingStub(channel(uid))
        .openSession(OpenSessionRequest.getDefaultInstance())
        .getSessionId();
  }

  private void closed(int uid, String session) {
    assertThat(
            SessionServiceGrpc.newBlockingStub(channel(uid))
                .closeSession(CloseSessionRequest.newBuilder().setSessionId(session).build())
                .getClosed())
        .isTrue();
  }

  private void setMode(int uid, MaintenanceMode mode) {
    var unused =
        MaintenanceServiceGrpc.newBlockingStub(channel(uid))
            .setMaintenanceMode(
                SetMaintenanceModeRequest.newBuilder().setDatastore("main").setMode(mode).build());
  }

  private StatusResponse status(int uid) {
    return DatastoreServiceGrpc.newBlockingStub(channel(uid))
        .status(StatusRequest.newBuilder().setDatastore("main").build());
  }

  private static LimitStatus limit(StatusResponse status, String name) {
    return status.getServer().getLimitsList().stream()
        .filter(limit -> limit.getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /** A refusal comes before the call returns: everything runs on the thread of the caller. */
  private static void throwIfRefused(ListenableFuture<?> call) {
    if (call.isDone()) {
      try {
        throw new AssertionError("answered: " + Futures.getDone(call));
      } catch (ExecutionException refused) {
        throw (StatusRuntimeException) refused.getCause();
      }
    }
  }

  /** Makes a call that is open until the test, or what the test cancels, has ended. */
  private <A> A during(Supplier<A> call) {
    Context context = Context.current() == Context.ROOT ? open : Context.current();
    Context before = context.attach();
    try {
      return call.get();
    } finally {
      context.detach(before);
    }
  }

  private ManagedChannel channel(int uid) {
    return channels.computeIfAbsent(uid, daemon::channelOf);
  }
}
