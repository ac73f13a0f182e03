package io.datastored.client;

import static io.datastored.client.Operation.LOOKUP;
import static io.datastored.client.Operation.READ;
import static io.datastored.client.Operation.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.client.fake.FakeDatastored;
import io.datastored.client.fake.ManualTime;
import io.datastored.v1.ErrorReason;
import io.datastored.v1.MaintenanceMode;
import io.datastored.v1.SetMaintenanceModeRequest;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Status;
import io.grpc.inprocess.InProcessChannelBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Part 7 of the protocol of replicas: a client moves from one server to another. */
final class MovingTest {

  private static final Duration TTL = Duration.ofSeconds(9);

  /** The first delay after which a broken watch is opened again. */
  private static final Duration REOPENED = Duration.ofMillis(100);

  private final ManualTime time = new ManualTime();
  private final FakeDatastored one = FakeDatastored.inProcess(time, time);
  private final FakeDatastored two = FakeDatastored.inProcess(time, time);
  private final List<StateChange> states = new ArrayList<>();
  private final List<LeaseLost> losses = new ArrayList<>();

  /** The server that the client begins with, and the other one. */
  private FakeDatastored old = one;

  private FakeDatastored next = two;
  private DatastoredClient client;

  private void start() {
    start(options -> options);
  }

  private void start(UnaryOperator<ClientOptions.Builder> more) {
    one.put("main");
    one.put("other");
    two.join(one);
    one.liveAs("oneooooo");
    two.liveAs("twottttt");
    begin(more);
  }

  private void begin(UnaryOperator<ClientOptions.Builder> more) {
    var ids = new AtomicInteger();
    client =
        DatastoredClient.create(
            more.apply(
                    one.options(two)
                        .ttl(TTL)
                        .times(times -> times.withBookmarkInterval(Duration.ofHours(1)))
                        .threads(ClientThreads.of(time, time))
                        .sources(
                            new ClientSources(
                                time, time, new Random(1), () -> "id-" + ids.incrementAndGet())))
                .build());
    client.addListener(
        new ClientListener() {
          @Override
          public void onState(StateChange change) {
            states.add(change);
          }

          @Override
          public void onLeaseLost(LeaseLost lost) {
            losses.add(lost);
          }
        });
    client.start();
    time.run();
    if (two.calls("OpenSession") > 0) {
      old = two;
      next = one;
    }
  }

  private Handle lookup(Operation operation) {
    CompletableFuture<Handle> answer = client.lookupAsync("main", operation, LookupOptions.DEFAULT);
    time.run();
    assertThat(answer).isCompleted();
    return answer.join();
  }

  private void setMode(MaintenanceMode mode) {
    one.setMode("main", mode, "");
    two.setMode("main", mode, "");
  }

  /** As a server does that stops in order: it notifies its watchers, and then serves on. */
  private void stop(FakeDatastored server) {
    server.breakWatches();
    time.advance(REOPENED);
  }

  private void assertUntouched(FakeDatastored server) {
    assertThat(server.calls("OpenSession")).isZero();
    assertThat(server.calls("Lookup")).isZero();
    assertThat(server.watches()).isZero();
  }

  @Test
  void start_usesOneServerForEverything() {
    start();
    assertThat(client.state()).isEqualTo(ClientState.FRESH);
    lookup(WRITE).close();
    lookup(LOOKUP).close();
    time.advance(TTL);
    assertThat(old.calls("KeepAlive")).isEqualTo(3);
    assertUntouched(next);
  }

  @Test
  void clients_beginAtDifferentServers() {
    one.put("main");
    two.join(one);
    for (int seed = 0; seed < 32; seed++) {
      var random = new SplittableRandom(seed);
      DatastoredClient each =
          DatastoredClient.create(
              one.options(two)
                  .threads(ClientThreads.of(time, time))
                  .sources(new ClientSources(time, time, random, () -> "id-" + random.nextInt()))
                  .build());
      each.start();
      time.run();
    }
    assertThat(one.calls("OpenSession")).isBetween(8L, 24L);
    assertThat(one.calls("OpenSession") + two.calls("OpenSession")).isEqualTo(32);
  }

  /** Also the first at which it is: nothing of it has to be known before. */
  @Test
  void start_oneIsDown_isFreshAtTheOther() {
    one.put("main");
    two.join(one);
    one.goDown();
    begin(options -> options);
    assertThat(client.state()).isEqualTo(ClientState.FRESH);
    assertThat(two.sessions()).hasSize(1);
  }

  @Test
  void start_oneIsNotReady_isFreshAtTheOther() {
    one.put("main");
    two.join(one);
    for (FakeDatastored each : List.of(one, two)) {
      each.refuseNext(
          "OpenSession", ErrorReason.ERROR_REASON_NOT_READY, Status.Code.UNAVAILABLE, Map.of());
    }
    begin(options -> options);
    time.advance(Duration.ofSeconds(2));
    assertThat(client.state()).isEqualTo(ClientState.FRESH);
  }

  @Test
  void serverStops_leasesGoOnAtTheNext_andItsSessionIsClosed() {
    start();
    Handle held = lookup(WRITE);
    String before = client.sessionId().orElseThrow();
    stop(old);

    assertThat(client.state()).isEqualTo(ClientState.FRESH);
    assertThat(states).as("never without an answer").hasSize(2);
    assertThat(held.alive()).isTrue();
    assertThat(losses).isEmpty();
    assertThat(next.leases()).containsExactly(held.leaseId().orElseThrow());
    assertThat(next.lookups().get(0).getHeldFencingToken())
        .isEqualTo(held.fencingToken().orElseThrow());
    assertThat(client.sessionId().orElseThrow())
        .isNotEqualTo(before)
        .startsWith(before.substring(0, before.indexOf(':')));
    assertThat(old.sessions()).as("given back").isEmpty();
    assertThat(old.leases()).isEmpty();
    assertThat(next.watchRequests().get(0).hasKnown()).as("the watch resumes").isTrue();
    time.advance(TTL.multipliedBy(3));
    assertThat(held.alive()).isTrue();
    assertThat(client.state()).isEqualTo(ClientState.FRESH);
    held.close();
  }

  @Test
  void serverDies_leasesGoOnAtTheNext() {
    start();
    Handle held = lookup(WRITE);
    old.close();
    time.advance(Duration.ofSeconds(1));
    assertThat(client.state()).isEqualTo(ClientState.FRESH);
    assertThat(held.alive()).isTrue();
    assertThat(next.leases()).containsExactly(held.leaseId().orElseThrow());
    lookup(LOOKUP).close();
    lookup(READ).close();
    time.advance(TTL.multipliedBy(2));
    assertThat(held.alive()).isTrue();
    held.close();
  }

  @Test
  void serverAnswersUnavailable_isLeftWithTheNextRenewal() {
    start();
    Handle held = lookup(WRITE);
    old.refuseNext(
        "KeepAlive", ErrorReason.ERROR_REASON_UNSPECIFIED, Status.Code.UNAVAILABLE, Map.of());
    old.loseNextAnswer("KeepAlive");
    time.advance(TTL.dividedBy(3).plusSeconds(1));
    assertThat(next.sessions()).hasSize(1);
    assertThat(client.state()).isEqualTo(ClientState.FRESH);
    held.close();
  }

  @Test
  void notReady_staysWhileTheTermHolds_andLeavesBeforeItIsSuspect() {
    start();
    Handle held = lookup(WRITE);
    for (int each = 0; each < 99; each++) {
      old.refuseNext(
          "KeepAlive", ErrorReason.ERROR_REASON_NOT_READY, Status.Code.UNAVAILABLE, Map.of());
    }
    time.advance(TTL.dividedBy(3).plusMillis(10));
    assertUntouched(next);
    time.advance(TTL.dividedBy(3));
    assertThat(next.sessions()).hasSize(1);
    assertThat(states).extracting(StateChange::to).doesNotContain(ClientState.SUSPECT);
    assertThat(client.state()).isEqualTo(ClientState.FRESH);
    assertThat(held.alive()).isTrue();
    held.close();
  }

  /** A server that is stopped with its connections: no answer is a failure of its own. */
  @Test
  void noAnswer_isWaitedForAsLongAsAnElection_andLeavesWhileTheTermHolds() {
    start();
    Handle held = lookup(WRITE);
    for (int each = 0; each < 9; each++) {
      old.holdNextRequest("KeepAlive");
    }
    time.advance(TTL.dividedBy(3).plusMillis(2990));
    assertUntouched(next);
    time.advance(Duration.ofMillis(50));
    assertThat(next.sessions()).hasSize(1);
    assertThat(states).extracting(StateChange::to).doesNotContain(ClientState.EXPIRED);
    assertThat(held.alive()).isTrue();
    held.close();
  }

  /** No server answers renewals while their store elects a leader, for up to 3 s. */
  @Test
  void answerAfterAnElection_keepsTheServer() {
    start(options -> options.ttl(Duration.ofSeconds(10)));
    old.holdNextRequest("KeepAlive");
    time.advance(Duration.ofSeconds(10).dividedBy(3).plusSeconds(3));
    assertUntouched(next);
    old.letGo();
    time.advance(Duration.ofSeconds(30));
    assertThat(old.calls("KeepAlive")).isEqualTo(10);
    assertUntouched(next);
    assertThat(client.state()).isEqualTo(ClientState.FRESH);
  }

  /** What comes of it is in ServerChannelTest: timeOut_countsByTheAttemptsThatItTook. */
  @Test
  void noAnswer_inALongTerm_isGivenUpAfterAnElection() {
    start(options -> options.ttl(Duration.ofSeconds(60)));
    old.holdNextRequest("KeepAlive");
    time.advance(Duration.ofSeconds(20).plusMillis(3900));
    assertThat(old.calls("KeepAlive")).isEqualTo(1);
    time.advance(Duration.ofMillis(300));
    assertThat(old.calls("KeepAlive") + next.calls("OpenSession")).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void noAnswer_inAShortTerm_leavesWhileItHolds(int seconds) {
    start(options -> options.ttl(Duration.ofSeconds(seconds)));
    Handle held = lookup(WRITE);
    for (int each = 0; each < 9; each++) {
      old.holdNextRequest("KeepAlive");
    }
    time.advance(Duration.ofSeconds(seconds).multipliedBy(3));
    assertThat(next.leases()).containsExactly(held.leaseId().orElseThrow());
    assertThat(losses).isEmpty();
    held.close();
  }

  /** Whatever was learnt of the servers before: the lease is valid for 30 s only. */
  @Test
  void serverThatDoesNotOpen_whileATermHolds_isLeftAfterTheSameTimeAgainAndAgain() {
    start(options -> options.ttl(Duration.ofSeconds(30)));
    Handle held = lookup(WRITE);
    one.goDown();
    two.goDown();
    time.advance(Duration.ofSeconds(10));
    one.comeUp();
    two.comeUp();
    for (int each = 0; each < 2; each++) {
      one.holdNextRequest("OpenSession");
      two.holdNextRequest("OpenSession");
    }
    // Four times 2 s, and up to two pauses.
    time.advance(Duration.ofSeconds(13));
    assertThat(client.state()).isEqualTo(ClientState.FRESH);
    assertThat(held.alive()).isTrue();
    held.close();
  }

  /**
   * Each of them has the same trouble with their store. All their clients are in this situation, so
   * none connects again and again.
   */
  @Test
  void bothNotReady_areAskedOnce_andThenOnlyOneWithPauses() {
    AtomicInteger connections = new AtomicInteger();
    start(options -> options.channels(target -> connect(target, connections)));
    for (FakeDatastored each : List.of(one, two)) {
      for (int i = 0; i < 999; i++) {
        each.refuseNext(
            "OpenSession", ErrorReason.ERROR_REASON_NOT_READY, Status.Code.UNAVAILABLE, Map.of());
      }
    }
    stop(old);
    time.advance(Duration.ofSeconds(1));
    assertThat(next.calls("OpenSession")).isPositive();
    time.advance(Duration.ofMinutes(1));
    assertThat(one.calls("OpenSession") + two.calls("OpenSession")).isBetween(25L, 60L);
    assertThat(one.calls("OpenSession")).as("another round now and then").isGreaterThan(9);
    assertThat(two.calls("OpenSession")).isGreaterThan(9);
    assertThat(connections).hasValueLessThan(12);
  }

  private ManagedChannelBuilder<?> connect(String target, AtomicInteger connections) {
    connections.incrementAndGet();
    return InProcessChannelBuilder.forName(target).scheduledExecutorService(time);
  }

  /** An answered opening does not prove that a server works. */
  @Test
  void bothOpenSessionsOnly_areNotTriedInTurnWithoutAPause() {
    start();
    for (FakeDatastored each : List.of(one, two)) {
      for (int i = 0; i < 999; i++) {
        each.loseNextAnswer("KeepAlive");
      }
    }
    for (int i = 0; i < 500; i++) {
      one.requestAcks();
      two.requestAcks();
      time.advance(Duration.ofMillis(10));
    }
    assertThat(one.calls("OpenSession") + two.calls("OpenSession")).isBetween(6L, 25L);
  }

  private static void refuse(FakeDatastored server, String method, ErrorReason reason, int times) {
    Status.Code code =
        reason == ErrorReason.ERROR_REASON_QUOTA_EXCEEDED
            ? Status.Code.RESOURCE_EXHAUSTED
            : Status.Code.PERMISSION_DENIED;
    for (int i = 0; i < times; i++) {
      server.refuseNext(method, reason, code, Map.of());
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"ERROR_REASON_QUOTA_EXCEEDED", "ERROR_REASON_PERMISSION_DENIED"})
  void start_oneRefusesTheSession_isFreshAtTheOther(ErrorReason reason) {
    one.put("main");
    two.join(one);
    refuse(one, "OpenSession", reason, 1);
    begin(options -> options);
    time.advance(Duration.ofSeconds(1));
    assertThat(two.sessions()).hasSize(1);
    assertThat(client.state()).isEqualTo(ClientState.FRESH);
  }

  @Test
  void start_bothRefuseTheSession_isReportedWhenBothWereAsked() {
    one.put("main");
    two.join(one);
    for (FakeDatastored each : List.of(one, two)) {
      refuse(each, "OpenSession", ErrorReason.ERROR_REASON_QUOTA_EXCEEDED, 99);
    }
    begin(options -> options);
    assertThat(one.calls("OpenSession") + two.calls("OpenSession")).isEqualTo(1);
    assertThat(client.trouble()).as("the other one may have room").isEmpty();
    CompletableFuture<Handle> waiting =
        client.lookupAsync("main", WRITE, LookupOptions.DEFAULT.withDeadline(TTL));
    time.advance(Duration.ofMillis(200));
    assertThat(one.calls("OpenSession")).isPositive();
    assertThat(two.calls("OpenSession")).isPositive();
    assertThat(client.trouble().orElseThrow()).isInstanceOf(RefusedException.class);
    assertThat(waiting).isCompletedExceptionally();
  }

  @Test
  void watchRefusedAtOne_isOpenedAtTheOther_andNothingIsAnsweredFromMemoryMeanwhile() {
    start();
    next.holdNextRequest("OpenSession");
    old.denyWatches();
    time.run();
    assertThat(client.state()).isEqualTo(ClientState.RESYNC);
    assertThat(client.trouble()).as("the other one may allow it").isEmpty();
    next.letGo();
    time.advance(Duration.ofSeconds(1));
    assertThat(client.state()).isEqualTo(ClientState.FRESH);
    assertThat(next.watches()).isEqualTo(1);
    assertThat(old.sessions()).isEmpty();
  }

  @Test
  void watchRefusedAtBoth_isReported_andTheClientStays() {
    start();
    refuse(one, "WatchGeneration", ErrorReason.ERROR_REASON_PERMISSION_DENIED, 999);
    refuse(two, "WatchGeneration", ErrorReason.ERROR_REASON_PERMISSION_DENIED, 999);
    old.denyWatches();
    time.advance(Duration.ofMinutes(1));
    assertThat(client.trouble().orElseThrow()).isInstanceOf(RefusedException.class);
    assertThat(one.calls("OpenSession") + two.calls("OpenSession")).isEqualTo(2);
  }

  @Test
  void leaseRefusedByTheQuotaOfTheNext_isContinuedWhereThereIsRoom() {
    start();
    Handle held = lookup(WRITE);
    refuse(next, "Lookup", ErrorReason.ERROR_REASON_QUOTA_EXCEEDED, 3);
    stop(old);
    assertThat(held.alive()).isTrue();
    time.advance(Duration.ofSeconds(4));
    assertThat(next.lookups()).isNotEmpty();
    assertThat(held.alive()).isTrue();
    assertThat(next.leases()).containsExactly(held.leaseId().orElseThrow());
    assertThat(losses).isEmpty();
    held.close();
  }

  @Test
  void leaseRefusedByTheQuotaOfTheNext_isTakenBackToWhereItIsCounted() {
    start();
    Handle held = lookup(WRITE);
    refuse(next, "Lookup", ErrorReason.ERROR_REASON_QUOTA_EXCEEDED, 999);
    stop(old);
    time.advance(TTL.multipliedBy(2));
    assertThat(held.alive()).isTrue();
    assertThat(old.leases()).containsExactly(held.leaseId().orElseThrow());
    assertThat(client.sessionId().orElseThrow()).isIn(old.sessions());
    held.close();
  }

  @Test
  void leaseRefusedByTheQuotaOfTheNext_isLostAtTheEndOfItsTerm() {
    start();
    Handle held = lookup(WRITE);
    refuse(next, "Lookup", ErrorReason.ERROR_REASON_QUOTA_EXCEEDED, 999);
    old.goDown();
    time.advance(TTL.minusSeconds(1));
    assertThat(held.alive()).isTrue();
    time.advance(Duration.ofSeconds(1));
    assertThat(held.alive()).isFalse();
    assertThat(losses).extracting(LeaseLost::cause).containsExactly(LossCause.NOT_CONTINUED);
  }

  @Test
  void leaseDeniedByTheRulesOfTheNext_isTriedAtEachOther_andLost() {
    start();
    Handle held = lookup(WRITE);
    refuse(next, "Lookup", ErrorReason.ERROR_REASON_PERMISSION_DENIED, 999);
    stop(old);
    assertThat(held.alive()).isFalse();
    assertThat(losses).extracting(LeaseLost::cause).containsExactly(LossCause.NOT_CONTINUED);
    time.advance(Duration.ofSeconds(1));
    assertThat(old.sessions()).as("nothing depends on it any more").isEmpty();
  }

  /** Model 8.4: the old session is closed before each lease is confirmed at the new server. */
  @Test
  void unconfirmedLease_keepsTheOldSession() {
    start();
    Handle held = lookup(WRITE);
    next.holdNextRequest("Lookup");
    stop(old);
    assertThat(next.sessions()).hasSize(1);
    assertThat(next.leases()).isEmpty();
    assertThat(old.calls("CloseSession")).isZero();
    assertThat(old.leases()).as("counted somewhere").isNotEmpty();
    assertThat(held.alive()).isTrue();

    next.letGo();
    time.run();
    assertThat(next.leases()).isNotEmpty();
    assertThat(old.calls("CloseSession")).isEqualTo(1);
    assertThat(held.alive()).isTrue();
    held.close();
  }

  /** The same until the client is FRESH there; until then it answers under the old term. */
  @Test
  void notFreshAtTheNext_keepsTheOldSession_andAnswersUnderItsTerm() {
    start();
    lookup(READ).close();
    String before = client.sessionId().orElseThrow();
    next.muteWatches();
    stop(old);
    assertThat(next.sessions()).hasSize(1);
    assertThat(old.calls("CloseSession")).isZero();
    assertThat(client.sessionId()).contains(before);
    assertThat(client.state()).isEqualTo(ClientState.FRESH);
    assertThat(lookup(LOOKUP).origin()).isEqualTo(Origin.CACHE);

    next.unmuteWatches();
    next.sendBookmarks();
    time.run();
    assertThat(old.calls("CloseSession")).isEqualTo(1);
    assertThat(client.state()).isEqualTo(ClientState.FRESH);
  }

  /** Model 8b.4: an answer under the term of a session that is closed. */
  @Test
  void closeSession_isSentWhenNothingRestsOnTheOldSession() {
    start();
    Handle held = lookup(WRITE);
    String before = client.sessionId().orElseThrow();
    List<String> atTheClose = new ArrayList<>();
    old.onCall(
        "CloseSession",
        () -> {
          atTheClose.add(client.sessionId().orElse("none"));
          assertThat(client.state()).isEqualTo(ClientState.FRESH);
          assertThat(next.leases()).contains(held.leaseId().orElseThrow());
        });
    stop(old);
    assertThat(atTheClose).hasSize(1).doesNotContain(before, "none");
    held.close();
  }

  /**
   * The same for a lookup that has read the term, and is then held up: read the term of the old
   * server | its session is closed | look at the clock, answer.
   */
  @Test
  void lookup_heldUpWhileTheOldSessionIsClosed_isNotAnsweredUnderItsTerm() {
    AtomicReference<Runnable> meanwhile = new AtomicReference<>(() -> {});
    LongSupplier clock =
        () -> {
          meanwhile.getAndSet(() -> {}).run();
          return time.getAsLong();
        };
    var ids = new AtomicInteger();
    start(
        options ->
            options.sources(
                new ClientSources(
                    clock, time, new Random(1), () -> "id-" + ids.incrementAndGet())));
    meanwhile.set(() -> stop(old));
    CompletableFuture<Handle> answer = client.lookupAsync("main", LOOKUP, LookupOptions.DEFAULT);
    assertThat(old.calls("CloseSession")).isEqualTo(1);
    time.run();
    assertThat(answer.join().origin()).isEqualTo(Origin.SERVER);
  }

  /** The same server, another life: it makes another id of the one asked for. */
  @Test
  void answerOfTheLifeBefore_isContinuedInTheNext() {
    start();
    old.holdNextAnswer("Lookup");
    CompletableFuture<Handle> answer = client.lookupAsync("main", WRITE, LookupOptions.DEFAULT);
    time.run();
    String granted = old.leases().get(0);
    old.nextLife("nexttttt");
    time.advance(TTL.dividedBy(3));
    assertThat(old.sessions()).containsExactly("id-1:nexttttt");
    old.letGo();
    time.advance(REOPENED);
    assertThat(answer.join().leaseId()).as("not given up for another one").contains(granted);
    assertThat(old.leases()).containsExactly(granted);
    assertThat(old.lookups().get(1).getHeldFencingToken()).isPositive();
    answer.join().close();
  }

  /** The opening between is shorter than the one on which the lease rests. */
  @Test
  void openingBetweenRunsOut_theLeaseHoldsToTheEndOfItsOwn() {
    start(options -> options.ttl(Duration.ofSeconds(60)));
    Handle held = lookup(WRITE);
    next.setTtl(Duration.ofSeconds(3));
    next.holdNextRequest("Lookup");
    stop(old);
    assertThat(next.sessions()).hasSize(1);
    one.goDown();
    two.goDown();
    time.advance(Duration.ofSeconds(6));
    assertThat(held.alive()).isTrue();
    next.comeUp();
    time.advance(Duration.ofSeconds(4));
    assertThat(client.server()).contains(next.target());
    assertThat(held.alive()).isTrue();
    assertThat(losses).isEmpty();
    assertThat(next.leases()).containsExactly(held.leaseId().orElseThrow());
    held.close();
  }

  @Test
  void withoutNearCacheAndLeases_closesTheOldSessionAtOnce() {
    start(options -> options.withoutNearCache());
    List<SessionOpened> opened = new ArrayList<>();
    client.addListener(
        new ClientListener() {
          @Override
          public void onSession(SessionOpened news) {
            opened.add(news);
          }
        });
    assertThat(client.server()).contains(old.target());
    old.loseNextAnswer("KeepAlive");
    time.advance(TTL.dividedBy(3));
    assertThat(opened).extracting(SessionOpened::server).containsExactly(next.target());
    assertThat(client.server()).contains(next.target());
    assertThat(client.toString()).contains("at " + next.target());
    assertThat(old.calls("CloseSession")).isEqualTo(1);
  }

  /** The term of the old server ends by its clock, whatever the new one does. */
  @Test
  void oldTermRunsOut_beforeTheNextIsFresh_isNotAnsweredUnderAnyMore() {
    start();
    next.muteWatches();
    stop(old);
    time.advance(TTL);
    assertThat(client.state()).isEqualTo(ClientState.RESYNC);
    assertThat(client.sessionId().orElseThrow()).isIn(next.sessions());
    assertThat(losses).isEmpty();
  }

  /** A snapshot may be of an earlier state than the one that the old term vouches for. */
  @Test
  void snapshotAtTheNext_endsTheUseOfTheOldTerm_andNothingOutlivesTheSession() {
    start();
    Handle held = lookup(WRITE);
    old.setMode("main", MaintenanceMode.MAINTENANCE_MODE_NONE, "");
    time.run();
    next.holdNextRequest("Lookup");
    stop(old);
    assertThat(client.sessionId()).as("set back: a snapshot").contains(next.sessions().get(0));
    assertThat(old.calls("CloseSession")).as("a lease is not confirmed").isZero();

    next.nextLife("nexttttt");
    time.advance(TTL.dividedBy(3));
    assertThat(client.sessionId()).contains("id-1:nexttttt");
    next.holdNextRequest("OpenSession");
    next.expireSessions();
    time.run();
    assertThat(client.state()).isEqualTo(ClientState.EXPIRED);
    assertThat(held.alive()).isFalse();
  }

  @Test
  void leaseNotContinuedAtTheNext_isLost() {
    start();
    Handle held = lookup(WRITE);
    next.refuseNext(
        "Lookup",
        ErrorReason.ERROR_REASON_LEASE_ENDED,
        Status.Code.ABORTED,
        Map.of("cause", "drained"));
    stop(old);
    assertThat(held.alive()).isFalse();
    assertThat(losses).extracting(LeaseLost::cause).containsExactly(LossCause.NOT_CONTINUED);
    time.advance(TTL);
    assertThat(old.sessions()).isEmpty();
  }

  /** A grant that was answered by the server that is left is continued, not given up. */
  @Test
  void lookupInFlight_isAnsweredByTheNext() {
    start();
    old.holdNextAnswer("Lookup");
    CompletableFuture<Handle> answer = client.lookupAsync("main", WRITE, LookupOptions.DEFAULT);
    time.run();
    old.breakWatches();
    time.advance(Duration.ofMillis(300));
    assertThat(answer).isCompleted();
    assertThat(next.leases()).containsExactly(answer.join().leaseId().orElseThrow());
    answer.join().close();
  }

  @Test
  void modeSetWhileMoving_isObeyedAfterTheMove() {
    start();
    lookup(READ).close();
    old.breakWatches();
    setMode(MaintenanceMode.MAINTENANCE_MODE_OFFLINE);
    time.advance(REOPENED);
    CompletableFuture<Handle> refused = client.lookupAsync("main", READ, LookupOptions.DEFAULT);
    time.run();
    assertThat(refused).isCompletedExceptionally();
  }

  @Test
  void bothDown_termsHoldByTheClock_andTheFirstThatComesBackIsUsed() {
    start();
    Handle held = lookup(WRITE);
    one.goDown();
    two.goDown();
    time.advance(Duration.ofSeconds(4));
    assertThat(held.alive()).isTrue();
    assertThat(client.trouble()).isPresent();
    old.comeUp();
    time.advance(Duration.ofSeconds(4));
    assertThat(held.alive()).as("at the same server again").isTrue();
    assertThat(client.state()).isEqualTo(ClientState.FRESH);
    assertThat(old.calls("CloseSession")).as("it is the same session").isZero();
    held.close();
  }

  /**
   * The close waits in the socket of a server that hangs: the client comes back to that server |
   * the server handles the close. With the same session id it would end what the client holds.
   */
  @Test
  void closeThatArrivesLate_endsNothingOfAClientThatHasComeBack() {
    start();
    lookup(READ).close();
    String before = client.sessionId().orElseThrow();
    old.holdNextRequest("CloseSession");
    stop(old);
    assertThat(old.calls("CloseSession")).isEqualTo(1);
    next.goDown();
    time.advance(Duration.ofSeconds(1));
    assertThat(client.sessionId().orElseThrow()).isNotEqualTo(before).isIn(old.sessions());
    Handle held = lookup(WRITE);
    assertThat(old.leases()).contains(held.leaseId().orElseThrow());

    old.letGo();
    assertThat(old.sessions()).containsExactly(client.sessionId().orElseThrow());
    assertThat(held.alive()).isTrue();
    assertThat(old.leases()).as("what is held is counted").contains(held.leaseId().orElseThrow());
    time.advance(TTL);
    assertThat(held.alive()).isTrue();
    held.close();
  }

  @Test
  void bothDown_isAskedAboutAsOftenAsOneServerIs() {
    start();
    one.goDown();
    two.goDown();
    time.advance(Duration.ofMinutes(1));
    // One round in each longest backoff, of 2 s.
    assertThat(one.calls("OpenSession") + two.calls("OpenSession")).isBetween(40L, 150L);
  }

  private CompletableFuture<Long> write() {
    return CompletableFuture.supplyAsync(
        () ->
            client
                .setMaintenanceMode(
                    SetMaintenanceModeRequest.newBuilder()
                        .setDatastore("main")
                        .setMode(MaintenanceMode.MAINTENANCE_MODE_READ_ONLY)
                        .build())
                .getRevision()
                .getGeneration());
  }

  private void runUntil(BooleanSupplier reached) {
    while (!reached.getAsBoolean()) {
      time.run();
      Thread.onSpinWait();
    }
  }

  @Test
  void writeUnderWay_isAnsweredByTheServerThatWasAsked() throws Exception {
    start();
    old.holdNextRequest("SetMaintenanceMode");
    CompletableFuture<Long> written = write();
    runUntil(() -> old.calls("SetMaintenanceMode") > 0);
    stop(old);
    assertThat(next.sessions()).hasSize(1);
    old.letGo();
    next.setMode("main", MaintenanceMode.MAINTENANCE_MODE_READ_ONLY, "");
    runUntil(written::isDone);
    assertThat(written.get()).isEqualTo(next.revision().getGeneration());
    assertThat(next.calls("SetMaintenanceMode")).as("not repeated").isZero();
  }

  /** The client has only the connection of its session yet, and there is none any more. */
  @Test
  void writeThatWasNeverSent_isSentToTheNextServer() throws Exception {
    start();
    next.holdNextRequest("OpenSession");
    old.close();
    CompletableFuture<Long> written = write();
    runUntil(() -> next.calls("SetMaintenanceMode") > 0);
    next.letGo();
    time.advance(Duration.ofSeconds(1));
    runUntil(written::isDone);
    assertThat(written.get()).isEqualTo(next.revision().getGeneration());
    assertThat(next.calls("SetMaintenanceMode")).isEqualTo(1);
  }

  @Test
  void close_whileMoving_closesBothSessions() {
    start();
    Handle held = lookup(WRITE);
    next.holdNextRequest("Lookup");
    stop(old);
    assertThat(old.sessions()).hasSize(1);
    CompletableFuture<Void> closed = CompletableFuture.runAsync(client::close);
    runUntil(closed::isDone);
    assertThat(held.alive()).isFalse();
    assertThat(old.sessions()).isEmpty();
    assertThat(next.sessions()).isEmpty();
  }

  @Test
  void withoutNearCache_movesItsLeasesAll_andThenCloses() {
    start(options -> options.withoutNearCache());
    Handle held = lookup(WRITE);
    old.goDown();
    time.advance(TTL.dividedBy(3).plusSeconds(1));
    assertThat(next.leases()).containsExactly(held.leaseId().orElseThrow());
    assertThat(held.alive()).isTrue();
    assertThat(old.calls("CloseSession")).isEqualTo(1);
    held.close();
  }
}
