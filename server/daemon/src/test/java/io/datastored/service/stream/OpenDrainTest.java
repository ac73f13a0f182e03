package io.datastored.service.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Ticker;
import io.datastored.access.AuditTrail;
import io.datastored.access.Shares;
import io.datastored.access.Verb;
import io.datastored.config.DatastoreName;
import io.datastored.config.MaintenanceMode;
import io.datastored.drain.Drain;
import io.datastored.drain.DrainOptions;
import io.datastored.drain.DrainPolicy;
import io.datastored.drain.Drains;
import io.datastored.drain.NeighbourManner;
import io.datastored.engine.EngineFixture;
import io.datastored.engine.Handle;
import io.datastored.engine.snapshot.Snapshot;
import io.datastored.file.BreakableDisk;
import io.datastored.lease.LeaseGround;
import io.datastored.lease.LeaseOptions;
import io.datastored.lease.Leases;
import io.datastored.neighbour.PbsDirectories;
import io.datastored.operation.Operation;
import io.datastored.promise.Authority;
import io.datastored.promise.Confirmation;
import io.datastored.promise.EarlierLeases;
import io.datastored.promise.FilePromiseBook;
import io.datastored.service.call.AuditLog;
import io.datastored.service.wire.Caller;
import io.datastored.service.wire.ProtoFrames;
import io.datastored.service.wire.Refusals;
import io.datastored.service.wire.TestLimits;
import io.datastored.service.wire.UncaughtExceptions;
import io.datastored.testkit.LoggedLines;
import io.datastored.v1.DrainProgress;
import io.datastored.v1.DrainResponse;
import io.datastored.v1.DrainState;
import io.datastored.watch.ManualExecutor;
import io.datastored.watch.TestRules;
import io.datastored.watch.WatchFeed;
import io.datastored.watch.WatchLimits;
import io.datastored.watch.World;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OpenDrainTest {
  private static final DatastoreName ALPHA = DatastoreName.of("alpha");
  private static final LeaseOptions LEASES =
      LeaseOptions.of(options -> options.earlierLeases = EarlierLeases.NONE);

  /** No timer fires while a test runs. */
  private static final Duration LONG = Duration.ofHours(1);

  @TempDir Path directory;
  private final EngineFixture fixture = EngineFixture.with("datastore: alpha\n\tpath /srv/alpha\n");
  private final TestRules rules = TestRules.open();
  private final PlannedLooks timer = new PlannedLooks();
  private final FakeDrainCall call = new FakeDrainCall();

  /** Runs once, before a step. */
  private Runnable beforeAStep = () -> {};

  private final BreakableDisk disk = new BreakableDisk();

  /** Those who are asked to hurry. */
  private AskedPeers peers;

  private OpenDrains drains;
  private Leases room;
  private Handle handle;

  @BeforeEach
  void open() throws Exception {
    FilePromiseBook ledger =
        FilePromiseBook.open(directory, LEASES.promises(), InstantSource.system(), disk);
    room =
        new Leases(
            fixture.engine(),
            LeaseGround.alone(ledger, Authority.LONE),
            LEASES,
            Ticker.systemTicker(),
            new SplittableRandom(7),
            AuditTrail.NONE,
            Runnable::run);
    room.recovery().begin();
    peers = new AskedPeers(room.peers());
    World world = World.of("alpha");
    Refusals refusals =
        new Refusals(
            world::revision, InstantSource.system(), new Random(1), new AuditLog(AuditTrail.NONE));
    UncaughtExceptions uncaught = new UncaughtExceptions(() -> 1);
    ManualExecutor executor = new ManualExecutor();
    ManualTimer bookmarks = new ManualTimer();
    OpenWatches watches =
        new OpenWatches(
            new WatchFeed(
                world::snapshot,
                new ProtoFrames(1 << 20),
                executor,
                new WatchLimits(10, 100),
                rules.access),
            Confirmation.LONE,
            caller -> executor,
            new FakeSessions(),
            new WatchRuntime(executor, bookmarks, bookmarks, new WatchPacing(new Random(1))),
            refusals,
            uncaught);
    drains =
        new OpenDrains(
            new DrainOptions(
                LONG, LONG, LONG, Duration.ZERO, 10, Shares.WHOLE, PbsDirectories.DEFAULT),
            new CallRuntime(
                this::step,
                this::step,
                TestLimits.wide(),
                executor,
                timer,
                Ticker.systemTicker(),
                InstantSource.system(),
                new Random(1)),
            watches,
            "north",
            refusals,
            uncaught,
            Optional.empty());
    handle = fixture.engine().lookup(ALPHA, Operation.WRITE).handle();
    fixture.setMode(ALPHA, MaintenanceMode.OFFLINE);
  }

  @AfterEach
  void close() {
    timer.shutdownNow();
    handle.close();
  }

  private void step(Runnable step) {
    Runnable first = beforeAStep;
    beforeAStep = () -> {};
    first.run();
    step.run();
  }

  private Drain question() {
    Snapshot snapshot = fixture.engine().snapshot();
    return new Drains(fixture.engine(), room, peers)
        .begin(
            snapshot.find(ALPHA).orElseThrow(),
            snapshot.revision(),
            DrainPolicy.WAIT,
            NeighbourManner.WAIT);
  }

  private DrainOrigin origin(Verb needs) {
    return new DrainOrigin(new Caller(rules.client("a"), Optional.empty(), 0), ALPHA, needs);
  }

  private void begin(FakeDrainCall of) {
    drains.begin(origin(Verb.SEE), this::question, Optional.empty(), of);
  }

  @Test
  void begin_clientDoesNotRead_tellsNothingUntilItDoes_andKeepsNothing() {
    begin(call);
    assertThat(call.sent).isEmpty();
    for (int i = 0; i < 10; i++) {
      call.makeRoom(0);
    }
    assertThat(call.sent).isEmpty();

    call.makeRoom(1);

    assertThat(call.sent).hasSize(1);
    assertThat(call.sent.get(0).getState()).isEqualTo(DrainState.DRAIN_STATE_DRAINING);
  }

  @Test
  void begin_asksAllServersToHurry_untilItsEnd() {
    begin(call);
    assertThat(peers.asked).containsExactly(ALPHA);
    call.makeRoom(1);
    assertThat(peers.asked).as("once").containsExactly(ALPHA);

    handle.close();
    call.makeRoom(1);

    assertThat(call.completed).isTrue();
    assertThat(peers.asked).isEmpty();
  }

  @Test
  void begin_clientThatGoesAwayMeanwhile_leavesNoAsk() {
    peers.whileAsking = () -> call.cancel();
    begin(call);
    assertThat(peers.asked).isEmpty();
  }

  @Test
  void look_isDrainedWhileTheClientDoesNotRead_saysSoAllTheSame() {
    begin(call);
    handle.close();

    call.makeRoom(0);

    assertThat(call.sent).hasSize(1);
    assertThat(call.sent.get(0).getState()).isEqualTo(DrainState.DRAIN_STATE_DRAINED);
    assertThat(call.completed).isTrue();
    assertThat(timer.getQueue()).isEmpty();
  }

  @Test
  void wake_byTheClientsRoom_leavesOneTimer() {
    begin(call);
    for (int i = 0; i < 10; i++) {
      call.makeRoom(1);
    }
    assertThat(timer.getQueue()).hasSize(1);
  }

  @Test
  void cancel_whileTheNextLookIsPlanned_leavesNoTimer() {
    timer.beforeItIsKnown = call::cancel;
    begin(call);
    assertThat(timer.getQueue()).isEmpty();
  }

  @Test
  void stop_anotherDrainBeginsMeanwhile_endsBoth() {
    FakeDrainCall other = new FakeDrainCall();
    begin(call);
    beforeAStep =
        () -> {
          try {
            begin(other);
          } catch (StatusRuntimeException refused) {
            other.onError(refused);
          }
        };

    drains.stop();

    assertThat(call.errors).hasSize(1);
    assertThat(other.errors).hasSize(1);
    assertThat(timer.getQueue()).isEmpty();
  }

  @Test
  void step_meetsAnError_endsTheStreamAndFreesItsPlace() {
    for (int drain = 0; drain < 20; drain++) {
      FakeDrainCall broken = new FakeDrainCall();
      drains.begin(
          origin(Verb.SEE),
          () -> {
            throw new StackOverflowError();
          },
          Optional.empty(),
          broken);
      assertThat(broken.errors).hasSize(1);
      assertThat(Status.fromThrowable(broken.errors.get(0)).getCode())
          .isEqualTo(Status.Code.INTERNAL);
    }
    assertThat(timer.getQueue()).isEmpty();
  }

  @Test
  void look_cannotBeMade_isToldAndLoggedOnceAndOnceMoreWhenItIsOver() {
    begin(call);
    handle.close();
    disk.fill();
    try (LoggedLines log = LoggedLines.of(OpenDrains.class)) {
      for (int look = 0; look < 40; look++) {
        call.makeRoom(1);
      }
      assertThat(call.sent).singleElement().satisfies(OpenDrainTest::tellsOfTheDisk);
      assertThat(log.lines()).singleElement().asString().contains("drain of alpha", "leases");

      disk.heal();
      call.makeRoom(1);

      assertThat(call.sent).hasSize(2);
      assertThat(call.sent.get(1).getState()).isEqualTo(DrainState.DRAIN_STATE_DRAINED);
      assertThat(call.sent.get(1).getProgress().getTrouble()).isEmpty();
      assertThat(log.lines()).hasSize(3);
      assertThat(log.lines().get(1)).contains("can check for blockers again");
    }
  }

  @Test
  void look_canNeverBeMade_tellsTheModeAndTimesOutWithTheReason() {
    handle.close();
    disk.fill();
    call.makeRoom(9);
    drains.begin(origin(Verb.SEE), this::question, Optional.of(Duration.ZERO), call);

    assertThat(call.sent).hasSize(2).allSatisfy(OpenDrainTest::isAboutOffline);
    assertThat(call.sent.get(0)).satisfies(OpenDrainTest::tellsOfTheDisk);
    assertThat(call.sent.get(1).getState()).isEqualTo(DrainState.DRAIN_STATE_TIMED_OUT);
    assertThat(call.sent.get(1).getProgress().getTrouble()).contains("leases");
    assertThat(call.completed).isTrue();
  }

  @Test
  void rules_hideTheDatastore_endsAsIfItWereMissing() {
    use("allow cn:a reader alpha");
    call.makeRoom(9);
    drains.begin(origin(Verb.SEE), this::question, Optional.empty(), call);
    assertThat(call.sent).hasSize(1);

    use("allow cn:a admin beta");
    call.makeRoom(1);

    assertThat(call.sent).hasSize(1);
    assertThat(refusal().getCode()).isEqualTo(Status.Code.NOT_FOUND);
    assertThat(timer.getQueue()).isEmpty();
  }

  @Test
  void rules_takeMaintaining_endsADrainThatForces_butNotOneThatLooksOn() {
    FakeDrainCall looksOn = new FakeDrainCall();
    drains.begin(origin(Verb.SEE), this::question, Optional.empty(), looksOn);
    drains.begin(origin(Verb.MAINTAIN), this::question, Optional.empty(), call);

    use("allow cn:a user alpha");
    call.makeRoom(1);
    looksOn.makeRoom(1);

    assertThat(refusal().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    assertThat(refusal().getDescription()).contains("maintain", "alpha");
    assertThat(looksOn.errors).isEmpty();
    assertThat(looksOn.sent).hasSize(1);
  }

  @Test
  void begin_notAllowed_asksNothing() {
    use("allow cn:a user alpha");
    drains.begin(
        origin(Verb.MAINTAIN),
        () -> {
          throw new AssertionError("the leases were ended");
        },
        Optional.empty(),
        call);
    assertThat(refusal().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
  }

  @Test
  void tell_toAReader_hasNeitherCountsNorBlockers_toAnOperatorBoth() {
    use("allow cn:a reader alpha");
    call.makeRoom(1);
    begin(call);
    DrainResponse told = call.sent.get(0);
    assertThat(told.getState()).isEqualTo(DrainState.DRAIN_STATE_DRAINING);
    assertThat(told.hasElapsed()).isTrue();
    assertThat(told.getProgress()).isEqualTo(DrainProgress.getDefaultInstance());

    use("allow cn:a operator alpha");
    FakeDrainCall operator = new FakeDrainCall();
    operator.makeRoom(1);
    begin(operator);
    assertThat(operator.sent.get(0).getProgress().getOperations().getWrite()).isEqualTo(1);
    assertThat(operator.sent.get(0).getProgress().getBlockersCount()).isEqualTo(1);
  }

  @Test
  void tellTrouble_toAReader_namesNoFile() {
    use("allow cn:a reader alpha");
    handle.close();
    disk.fill();
    call.makeRoom(1);
    begin(call);
    assertThat(call.sent.get(0).getProgress().getTrouble())
        .contains("cannot check for blockers")
        .doesNotContain(directory.toString(), "leases");
  }

  private void use(String rule) {
    rules.use(fixture.engine().snapshot().revision(), rule);
  }

  private Status refusal() {
    assertThat(call.errors).hasSize(1);
    return Status.fromThrowable(call.errors.get(0));
  }

  private static void tellsOfTheDisk(DrainResponse told) {
    assertThat(told.getState()).isEqualTo(DrainState.DRAIN_STATE_DRAINING);
    assertThat(told.getProgress().getTrouble()).contains("leases");
  }

  private static void isAboutOffline(DrainResponse told) {
    assertThat(told.getMaintenance().getMode())
        .isEqualTo(io.datastored.v1.MaintenanceMode.MAINTENANCE_MODE_OFFLINE);
    assertThat(told.hasRevision()).isTrue();
  }

  /** Planned looks are those of which none is made. Confined to one test. */
  private static final class PlannedLooks extends ScheduledThreadPoolExecutor {
    Runnable beforeItIsKnown = () -> {};

    PlannedLooks() {
      super(1);
      setRemoveOnCancelPolicy(true);
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
      ScheduledFuture<?> planned = super.schedule(task, delay, unit);
      beforeItIsKnown.run();
      return planned;
    }
  }
}
