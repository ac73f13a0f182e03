package io.datastored.service.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.datastored.access.AuditTrail;
import io.datastored.history.Revision;
import io.datastored.lease.SessionId;
import io.datastored.promise.Confirmation;
import io.datastored.service.call.AuditLog;
import io.datastored.service.wire.Caller;
import io.datastored.service.wire.CaughtRefusal;
import io.datastored.service.wire.ProtoFrames;
import io.datastored.service.wire.Refusals;
import io.datastored.service.wire.UncaughtExceptions;
import io.datastored.v1.SnapshotReason;
import io.datastored.v1.WatchGenerationResponse;
import io.datastored.v1.WatchGenerationResponse.FrameCase;
import io.datastored.watch.ManualExecutor;
import io.datastored.watch.Selection;
import io.datastored.watch.TestRules;
import io.datastored.watch.View;
import io.datastored.watch.WatchFeed;
import io.datastored.watch.WatchLimits;
import io.datastored.watch.WatchRequest;
import io.datastored.watch.World;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

final class OpenWatchTest {
  /** Room for no datastore, so each travels in a part of its own. */
  private static final int SMALL_PARTS = 16;

  private static final Duration INTERVAL = Duration.ofSeconds(10);
  private static final SessionId CACHE = new SessionId("cache");

  private final World world = World.of("alpha", "beta", "delta", "gamma", "omega");
  private final TestRules rules = TestRules.open();
  private final Caller caller = new Caller(rules.client("a"), Optional.empty(), 0);
  private final WatchOrigin origin = new WatchOrigin(caller, Optional.empty(), INTERVAL);
  private final WatchOrigin ofASession = new WatchOrigin(caller, Optional.of(CACHE), INTERVAL);
  private final ManualExecutor executor = new ManualExecutor();
  private final ManualTimer timer = new ManualTimer();
  private final FakeSessions sessions = new FakeSessions(CACHE);
  private final WatchFeed feed =
      new WatchFeed(
          world::snapshot,
          new ProtoFrames(SMALL_PARTS),
          executor,
          new WatchLimits(10, 100),
          rules.access);
  private final OpenWatches watches = watches(feed);
  private final FakeCall call = new FakeCall();
  private CompletableFuture<Void> confirmed = Confirmation.LONE.confirm();

  OpenWatchTest() {
    world.addListener(feed);
    rules.access.addListener(feed::onRulesChanged);
  }

  @Test
  void begin_noRoom_sendsNothing() {
    open(Optional.empty());
    assertThat(call.sent).isEmpty();
  }

  @Test
  void drain_severalParts_revisionOnTheLastOnly_allOfOneSnapshot() {
    open(Optional.empty());
    call.makeRoom(1);
    executor.run();
    assertThat(call.sent).hasSize(1);
    assertThat(call.last().hasRevision()).isFalse();
    world.touch("alpha", "omega");
    call.makeRoom(100);
    executor.run();

    int parts = 0;
    while (!call.sent.get(parts).hasRevision()) {
      assertThat(call.sent.get(parts).getSnapshot().getDatastoresList())
          .isNotEmpty()
          .allMatch(datastore -> datastore.getGeneration() == 2);
      parts++;
    }
    assertThat(parts).isGreaterThan(1);
    assertThat(call.sent.get(parts).getRevision().getGeneration()).isEqualTo(2);
    WatchGenerationResponse change = call.last();
    assertThat(change.getRevision().getGeneration()).isEqualTo(3);
    assertThat(change.getChange().getGenerations()).isEqualTo(1);
  }

  @Test
  void drain_noRoom_mergesUntilThereIs() {
    call.makeRoom(100);
    open(Optional.empty());
    int before = call.sent.size();
    call.makeRoom(-99 + before);
    for (int i = 0; i < 100; i++) {
      world.touch("alpha");
      executor.run();
    }
    assertThat(call.sent).hasSize(before + 1);
    call.makeRoom(1);
    executor.run();
    assertThat(call.sent).hasSize(before + 2);
    assertThat(call.last().getChange().getGenerations()).isEqualTo(99);
  }

  @Test
  void timer_quietForTheInterval_sendsBookmark() {
    call.makeRoom(100);
    open(Optional.of(world.revision()));
    assertThat(call.sent).hasSize(1);
    pass(Duration.ofSeconds(7));
    assertThat(call.sent).hasSize(1);
    pass(Duration.ofSeconds(3));
    assertThat(call.sent).hasSize(2);
    assertThat(call.last().getBookmark().getInterval().getSeconds()).isEqualTo(10);
  }

  @Test
  void timer_changesGoOut_sendsNoBookmark() {
    call.makeRoom(1000);
    open(Optional.of(world.revision()));
    for (int i = 0; i < 60; i++) {
      world.touch("alpha");
      pass(Duration.ofSeconds(1));
    }
    assertThat(call.sent).hasSize(61);
    assertThat(call.sent.subList(1, 61))
        .allMatch(message -> message.getFrameCase() == FrameCase.CHANGE);
  }

  @Test
  void timer_longQuiet_neverSilentForLongerThanTheInterval() {
    call.makeRoom(1000);
    open(Optional.of(world.revision()));
    for (int i = 1; i <= 30; i++) {
      pass(INTERVAL);
      assertThat(call.sent).hasSizeGreaterThanOrEqualTo(i + 1);
    }
    assertThat(timer.waiting()).isEqualTo(1);
  }

  @Test
  void cancel_leavesAtOnce() {
    call.makeRoom(1);
    open(Optional.of(world.revision()));
    call.cancel();
    assertThat(feed.watchers()).isZero();
    assertThat(timer.waiting()).isZero();
    world.touch("alpha");
    executor.run();
    assertThat(call.sent).hasSize(1);
  }

  @Test
  void cancel_beforeTheWatchBegins_leavesNothingBehind() {
    OpenWatch watch = new OpenWatch(call, watches, origin);
    watch.end();
    watch.begin(feed.open(request(Optional.empty()), 0, watch::signal).orElseThrow());
    executor.run();
    assertThat(feed.watchers()).isZero();
    assertThat(timer.waiting()).isZero();
  }

  @Test
  void cancel_beforeTheWatchIsEntered_leavesNothingBehind() {
    OpenWatch watch = new OpenWatch(call, watches, ofASession);
    watch.end();
    watches.open(request(Optional.empty()), watch, call);
    executor.run();
    assertThat(watches.slowest(10)).isEmpty();
    watches.onSessionEnd(CACHE);
    assertThat(executor.waiting()).as("streams that feed the session").isZero();
  }

  @Test
  void stop_sendsBookmarkThenNotReady() {
    call.makeRoom(100);
    open(Optional.of(world.revision()));
    Revision last = world.touch("alpha");
    watches.stop();
    executor.run();
    assertThat(call.last().hasBookmark()).isTrue();
    assertThat(call.last().getRevision().getGeneration()).isEqualTo(last.generation().value());
    assertThat(call.errors).hasSize(1);
    assertThat(Status.fromThrowable(call.errors.get(0)).getCode())
        .isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(feed.watchers()).isZero();
  }

  @Test
  void stop_notReady_carriesReasonAndRetry() throws Exception {
    open(Optional.of(world.revision()));
    watches.stop();
    executor.run();
    assertThat(call.sent).as("no room for a bookmark").isEmpty();
    com.google.rpc.Status status = StatusProto.fromThrowable(call.errors.get(0));
    assertThat(status.getDetails(0).unpack(ErrorInfo.class).getReason()).isEqualTo("NOT_READY");
    assertThat(status.getDetails(1).unpack(RetryInfo.class).getRetryDelay().getSeconds())
        .isBetween(1L, 5L);
  }

  @Test
  void stop_inTheMiddleOfAFrame_sendsNoBookmark() {
    call.makeRoom(2);
    open(Optional.of(world.revision()));
    world.touch("alpha", "beta", "delta");
    executor.run();
    assertThat(call.last().hasRevision()).isFalse();
    // The watch asks twice before it waits for room; the third time is just before it ends.
    call.makeRoomOnceFull(1, 2);
    watches.stop();
    executor.run();
    assertThat(call.last().hasChange()).isTrue();
    assertThat(call.errors).hasSize(1);
  }

  /** The parts that are left may show what is hidden now. */
  @Test
  void rules_changeInTheMiddleOfAFrame_streamEndsWithoutTheOtherParts() {
    call.makeRoom(1);
    open(Optional.empty());
    assertThat(call.last().hasRevision()).isFalse();

    rules.use(world.revision(), "allow cn:a reader alpha");
    call.makeRoom(100);
    executor.run();

    assertThat(call.sent).hasSize(1);
    assertThat(call.errors).hasSize(1);
    assertThat(Status.fromThrowable(call.errors.get(0)).getCode())
        .isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(feed.watchers()).isZero();
  }

  @Test
  void rules_changeBetweenFrames_streamGoesOn() {
    call.makeRoom(100);
    open(Optional.empty());
    rules.use(world.revision(), "allow cn:a reader alpha");
    executor.run();
    assertThat(call.errors).isEmpty();
    assertThat(call.last().getChange().getGenerations()).isZero();
    assertThat(call.last().getFiltered()).isTrue();
  }

  @Test
  void stop_signalsComeAtOnce_endsTheWatch() {
    WatchFeed direct =
        new WatchFeed(
            world::snapshot,
            new ProtoFrames(SMALL_PARTS),
            Runnable::run,
            new WatchLimits(10, 100),
            rules.access);
    OpenWatches stopped = watches(direct);
    OpenWatch watch = new OpenWatch(call, stopped, origin);
    watch.begin(direct.open(request(Optional.empty()), 0, watch::signal).orElseThrow());
    executor.run();
    stopped.stop();
    assertThat(call.errors).hasSize(1);
  }

  @Test
  void askForAck_nothingIsDue_asksBehindABookmarkAtOnce() {
    OpenWatch watch = openForASession();
    Revision mode = world.revision();

    watch.askForAck(mode);
    executor.run();

    assertThat(call.last().hasBookmark()).isTrue();
    assertThat(call.last().getAckRequested()).isTrue();
    assertThat(call.last().getRevision().getGeneration()).isEqualTo(mode.generation().value());
  }

  @Test
  void askForAck_repeated_asksOnce() {
    OpenWatch watch = openForASession();
    int before = call.sent.size();

    for (int i = 0; i < 10; i++) {
      watch.askForAck(world.revision());
      executor.run();
    }

    assertThat(call.sent).hasSize(before + 1);
  }

  @Test
  void askForAck_frameIsDue_asksBehindItsLastPart() {
    OpenWatch watch = openForASession();
    int before = call.sent.size();
    Revision mode = world.touch("alpha", "omega");

    watch.askForAck(mode);
    executor.run();

    var sent = call.sent.subList(before, call.sent.size());
    assertThat(sent.size()).isGreaterThan(1);
    assertThat(sent.subList(0, sent.size() - 1)).noneMatch(part -> part.getAckRequested());
    assertThat(call.last().getAckRequested()).isTrue();
    assertThat(call.last().hasChange()).isTrue();
    assertThat(call.last().hasRevision()).isTrue();
  }

  @Test
  void askForAck_modeHasNotComeToTheFeed_waitsForIt() {
    OpenWatch watch = openForASession();
    int before = call.sent.size();
    Revision now = world.revision();
    Revision next = new Revision(now.incarnation(), now.generation().next());

    watch.askForAck(next);
    executor.run();
    assertThat(call.sent)
        .as("a bookmark that does not reach the mode asks nothing")
        .hasSize(before);
    world.touch("alpha");
    executor.run();

    assertThat(call.last().getAckRequested()).isTrue();
  }

  @Test
  void handedOver_ofASession_isNotedWhole() {
    call.makeRoom(1);
    OpenWatch watch = new OpenWatch(call, watches, ofASession);
    call.setOnReadyHandler(watch::wake);
    watch.begin(feed.open(request(Optional.empty()), 0, watch::signal).orElseThrow());
    executor.run();
    assertThat(sessions.sent).as("in the middle of a frame").isEmpty();

    call.makeRoom(100);
    executor.run();

    assertThat(sessions.sent).containsEntry(CACHE, world.revision());
    assertThat(watch.told()).contains(world.revision());
  }

  @Test
  void sessionEnds_streamEndsToo() {
    OpenWatch watch = openForASession();

    sessions.end(CACHE);
    watch.wake();
    executor.run();

    assertThat(call.errors).hasSize(1);
    assertThat(CaughtRefusal.of((StatusRuntimeException) call.errors.get(0)).reason())
        .isEqualTo("SESSION_NOT_FOUND");
    assertThat(feed.watchers()).isZero();
  }

  @Test
  void lag_countsFromWhatWasNotHandedOver() {
    call.makeRoom(100);
    OpenWatch watch = openForASession();
    assertThat(watch.lag()).isZero();
    call.makeRoom(-10_000);
    world.touch("alpha");
    executor.run();

    timer.pass(Duration.ofSeconds(3));

    assertThat(watch.lag()).isEqualTo(Duration.ofSeconds(3));
    call.makeRoom(20_000);
    executor.run();
    assertThat(watch.lag()).isZero();
  }

  private OpenWatch openForASession() {
    call.makeRoom(1000);
    OpenWatch watch = new OpenWatch(call, watches, ofASession);
    call.setOnReadyHandler(watch::wake);
    call.setOnCancelHandler(watch::end);
    watch.begin(feed.open(request(Optional.of(world.revision())), 0, watch::signal).orElseThrow());
    executor.run();
    return watch;
  }

  @Test
  void step_meetsAnError_endsTheStreamAndHoldsNothing() {
    open(Optional.empty());
    assertThat(feed.watchers()).isEqualTo(1);
    call.broken = Optional.of(new StackOverflowError());

    call.makeRoom(1);
    executor.run();

    assertThat(call.errors)
        .singleElement()
        .satisfies(
            error ->
                assertThat(Status.fromThrowable(error).getCode()).isEqualTo(Status.Code.INTERNAL));
    assertThat(feed.watchers()).isZero();
  }

  @Test
  void watch_openedLaterMeetsAnError_endsTheStreamAndHoldsNothing() {
    var broken = new AtomicBoolean();
    WatchFeed failing =
        new WatchFeed(
            () -> {
              if (broken.get()) {
                throw new StackOverflowError();
              }
              return world.snapshot();
            },
            new ProtoFrames(SMALL_PARTS),
            executor,
            new WatchLimits(10, 100),
            rules.access);
    watches(failing).begin(request(Optional.of(ahead())), origin, call);
    broken.set(true);

    executor.run();

    assertThat(call.errors).hasSize(1);
    assertThat(Status.fromThrowable(call.errors.get(0)).getCode()).isEqualTo(Status.Code.INTERNAL);
    assertThat(failing.watchers()).isZero();
  }

  /** Another server has committed it, and this one has not heard of that. */
  @Test
  void watch_knowsWhatIsNotServedYet_waitsForIt_andIsNotAhead() {
    confirmed = new CompletableFuture<>();
    Revision known = ahead();
    watches.begin(request(Optional.of(known)), origin, call);
    call.makeRoom(100);
    executor.run();
    assertThat(call.sent).as("nothing is told yet").isEmpty();
    assertThat(world.touch("alpha")).isEqualTo(known);

    confirmed.complete(null);
    executor.run();

    assertThat(call.sent)
        .isNotEmpty()
        .noneMatch(message -> message.getFrameCase() == FrameCase.SNAPSHOT);
    assertThat(call.last().getRevision().getGeneration()).isEqualTo(known.generation().value());
  }

  @Test
  void watch_knowsWhatWasNeverCommitted_isAhead_onceThatIsConfirmed() {
    confirmed = new CompletableFuture<>();
    watches.begin(request(Optional.of(ahead())), origin, call);
    call.makeRoom(100);
    executor.run();
    assertThat(call.sent).isEmpty();

    confirmed.complete(null);
    executor.run();

    assertThat(call.last().getSnapshot().getReason())
        .isEqualTo(SnapshotReason.SNAPSHOT_REASON_AHEAD);
  }

  @Test
  void watch_knowsWhatCannotBeConfirmed_isNotReady() {
    confirmed = new CompletableFuture<>();
    watches.begin(request(Optional.of(ahead())), origin, call);
    confirmed.completeExceptionally(new IllegalStateException("the store does not answer"));
    executor.run();

    assertThat(call.errors)
        .singleElement()
        .satisfies(
            error ->
                assertThat(Status.fromThrowable(error).getCode())
                    .isEqualTo(Status.Code.UNAVAILABLE));
    assertThat(feed.watchers()).isZero();
  }

  /** The revision that comes next. */
  private Revision ahead() {
    Revision now = world.revision();
    return new Revision(now.incarnation(), now.generation().next());
  }

  private OpenWatches watches(WatchFeed served) {
    return new OpenWatches(
        served,
        () -> confirmed,
        caller -> executor,
        sessions,
        new WatchRuntime(executor, timer, timer, new WatchPacing(new Random(1))),
        new Refusals(
            world::revision, InstantSource.system(), new Random(1), new AuditLog(AuditTrail.NONE)),
        new UncaughtExceptions(() -> 1));
  }

  private void open(Optional<Revision> known) {
    OpenWatch watch = new OpenWatch(call, watches, origin);
    call.setOnReadyHandler(watch::wake);
    call.setOnCancelHandler(watch::end);
    watch.begin(feed.open(request(known), 0, watch::signal).orElseThrow());
    executor.run();
  }

  private void pass(Duration time) {
    timer.pass(time);
    executor.run();
  }

  private WatchRequest request(Optional<Revision> known) {
    return new WatchRequest(
        origin.caller().subject(), Selection.everything(), View.BASIC, known, INTERVAL);
  }
}
