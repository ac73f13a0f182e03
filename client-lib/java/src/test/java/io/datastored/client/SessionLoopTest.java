package io.datastored.client;

import static io.datastored.client.Operation.LOOKUP;
import static io.datastored.client.Operation.READ;
import static io.datastored.client.Operation.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.datastored.client.StateChange.Cause;
import io.datastored.v1.ErrorReason;
import io.datastored.v1.Maintenance;
import io.datastored.v1.MaintenanceMode;
import io.datastored.v1.Revision;
import io.datastored.v1.WatchChange;
import io.datastored.v1.WatchGenerationResponse;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Terms, states, restarts and losses. */
final class SessionLoopTest {

  private final ClientFixture f = new ClientFixture();

  @Test
  void create_startsNothing() {
    f.time.run();
    assertThat(f.client.state()).isEqualTo(ClientState.EXPIRED);
    assertThat(f.server.calls("OpenSession")).isZero();
    assertThatThrownBy(() -> f.lookup(READ)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void start_isFreshOnlyWhenTheOpeningsRevisionIsApplied() {
    f.server.muteWatches();
    f.start();
    assertThat(f.client.state()).isEqualTo(ClientState.RESYNC);
    f.server.unmuteWatches();
    f.server.breakWatches();
    f.seconds(1);
    assertThat(f.client.state()).isEqualTo(ClientState.FRESH);
    assertThat(f.states)
        .extracting(StateChange::to)
        .containsExactly(ClientState.RESYNC, ClientState.FRESH);
  }

  @Test
  void keepAlive_everyThirdOfTheTtl() {
    f.start();
    f.seconds(30);
    assertThat(f.server.calls("KeepAlive")).isEqualTo(10);
    assertThat(f.client.state()).isEqualTo(ClientState.FRESH);
  }

  @Test
  void keepAlive_tellsWhatIsApplied_atOnceWhenAsked() {
    f.start();
    var written = f.server.setMode("main", MaintenanceMode.MAINTENANCE_MODE_OFFLINE, "");
    f.server.requestAcks();
    f.time.run();
    assertThat(f.server.applied(f.server.sessions().get(0))).contains(written);
    assertThat(f.server.calls("KeepAlive")).isEqualTo(1);
  }

  @Test
  void ack_isSentAfterTheFrameIsApplied() {
    f.start();
    Handle open = f.lookup(WRITE);
    f.server.muteWatches();
    Revision written = f.server.setMode("main", MaintenanceMode.MAINTENANCE_MODE_OFFLINE, "");
    f.server.unmuteWatches();
    f.server.send(
        now ->
            WatchGenerationResponse.newBuilder()
                .setRevision(now)
                .setAckRequested(true)
                .setChange(
                    WatchChange.newBuilder()
                        .setGenerations(1)
                        .addChanged(
                            open.datastore().toBuilder()
                                .setMaintenance(
                                    Maintenance.newBuilder()
                                        .setMode(MaintenanceMode.MAINTENANCE_MODE_OFFLINE))))
                .build());
    f.time.run();
    assertThat(f.server.applied(f.server.sessions().get(0))).contains(written);
    assertThat(f.refusal(WRITE).origin()).isEqualTo(Origin.CACHE);
  }

  @Test
  void noAnswer_suspectAfterTwoThirds_expiredAfterTheTtl_countedFromSending() {
    f.start();
    Handle open = f.lookup(WRITE);
    List<LeaseLost> told = new ArrayList<>();
    open.onLost(told::add);
    f.seconds(3); // Renewed here.
    f.server.goDown();
    f.advance(Duration.ofMillis(5999));
    assertThat(f.client.state()).isEqualTo(ClientState.FRESH);
    f.advance(Duration.ofMillis(2));
    assertThat(f.client.state()).isEqualTo(ClientState.SUSPECT);
    assertThat(open.alive()).isTrue();
    f.advance(Duration.ofMillis(2998));
    assertThat(open.alive()).isTrue();
    assertThat(told).isEmpty();
    f.advance(Duration.ofMillis(2));
    assertThat(f.client.state()).isEqualTo(ClientState.EXPIRED);
    assertThat(open.alive()).isFalse();
    assertThat(told).extracting(LeaseLost::cause).containsExactly(LossCause.EXPIRED);
    assertThat(f.states)
        .extracting(StateChange::cause)
        .endsWith(Cause.RENEWAL_OVERDUE, Cause.TTL_OVER);
  }

  @Test
  void answerThatWasSlow_countsFromSending() {
    f.start();
    f.server.holdNextAnswer("KeepAlive");
    f.seconds(3);
    f.advance(Duration.ofMillis(900));
    f.server.letGo();
    f.time.run();
    Handle open = f.lookup(WRITE);
    assertThat(open.validFor()).isEqualTo(Duration.ofMillis(8100));
  }

  @Test
  void stalledThreads_doNotMakeATermLonger() {
    f.start();
    Handle open = f.lookup(WRITE);
    f.time.stall(Duration.ofSeconds(9));
    assertThat(open.alive()).isFalse();
    assertThat(f.client.state()).isEqualTo(ClientState.EXPIRED);
    assertThat(f.client.lookupAsync("main", WRITE, LookupOptions.DEFAULT)).isNotDone();
  }

  @Test
  void expired_newSessionId_nothingReclaimed() {
    f.start();
    Handle open = f.lookup(WRITE);
    f.server.goDown();
    f.seconds(20);
    f.server.comeUp();
    f.seconds(5);
    assertThat(f.client.state()).isEqualTo(ClientState.FRESH);
    assertThat(f.sessions).hasSize(2);
    assertThat(f.sessions.get(1).continued()).isFalse();
    assertThat(f.sessions.get(1).sessionId()).isNotEqualTo(f.sessions.get(0).sessionId());
    assertThat(open.alive()).as("final").isFalse();
    assertThat(f.stats().reclaimed()).isZero();
    assertThat(f.stats().snapshots()).as("resumed").isEqualTo(1);
    assertThat(f.lookup(WRITE).leaseId()).isNotEqualTo(open.leaseId());
  }

  @Test
  void wallClockAhead_timeWasLost_expiredAtOnce_behind_isNothing() {
    f.start();
    Handle open = f.lookup(WRITE);
    f.time.moveWallClock(Duration.ofHours(-1));
    f.advance(Duration.ofMillis(1));
    assertThat(open.alive()).isTrue();
    assertThat(f.client.lookupAsync("main", WRITE, LookupOptions.DEFAULT)).isCompleted();
    f.seconds(3);
    f.time.moveWallClock(Duration.ofHours(1));
    f.time.stall(Duration.ofMillis(1));
    assertThat(f.client.lookupAsync("main", READ, LookupOptions.DEFAULT)).isNotDone();
    assertThat(f.client.state()).isEqualTo(ClientState.EXPIRED);
    assertThat(open.alive()).isFalse();
    f.time.run();
    assertThat(f.losses).extracting(LeaseLost::detail).containsExactly("time-lost");
    assertThat(f.client.state()).isEqualTo(ClientState.FRESH);
    assertThat(f.sessions).hasSize(2);
    assertThat(open.alive()).as("final").isFalse();
  }

  @Test
  void behindWhatKeepAliveTells_isNotFresh_andTheWatchIsOpenedAgain() {
    f.start();
    f.lookup(READ).close();
    f.server.muteWatches();
    f.server.put("other");
    f.seconds(3);
    assertThat(f.client.state()).isEqualTo(ClientState.SUSPECT);
    assertThat(f.states).last().extracting(StateChange::cause).isEqualTo(Cause.BEHIND);
    f.server.unmuteWatches();
    f.advance(Duration.ofMillis(250));
    assertThat(f.client.state()).isEqualTo(ClientState.FRESH);
    assertThat(f.client.applied()).contains(f.server.revision());
  }

  @Test
  void behindForLong_evenSuspectReadsEndAfterTheTtl() {
    f.start();
    f.lookup(READ).close();
    f.server.muteWatches();
    f.server.put("other");
    var suspect = LookupOptions.DEFAULT.withSuspectReads(SuspectReads.ALLOWED);
    for (int i = 0; i < 8; i++) {
      f.seconds(1);
      assertThat(f.lookup("main", READ, suspect).origin()).isEqualTo(Origin.CACHE);
    }
    f.seconds(1);
    assertThat(f.client.state()).isEqualTo(ClientState.SUSPECT);
    assertThat(f.lookup("main", READ, suspect).origin()).isEqualTo(Origin.SERVER);
  }

  /** When a server is back, each of thousands of clients makes two calls and not three. */
  @Test
  void restart_withoutALease_isTwoCalls() {
    f.start();
    f.server.restart();
    f.server.endRecovery();
    f.seconds(1);
    assertThat(f.client.state()).isEqualTo(ClientState.FRESH);
    assertThat(f.server.calls("OpenSession")).isEqualTo(2);
    assertThat(f.server.watchRequests()).hasSize(2);
    assertThat(f.server.calls("KeepAlive")).isZero();
    assertThat(f.sessions.get(1).continued()).isTrue();
  }

  @Test
  void restart_leaseIsContinuedWithItsPurposeAndAge() {
    f.start();
    f.lookup("main", WRITE, LookupOptions.DEFAULT.withPurpose("nightly backup"));
    f.seconds(5);
    f.server.restart();
    f.seconds(4);
    var continued = f.server.lookups().get(f.server.lookups().size() - 1);
    assertThat(continued.getHeldFencingToken()).isPositive();
    assertThat(continued.getContinuation()).isEqualTo("proof of " + continued.getLeaseId());
    assertThat(continued.getPurpose()).isEqualTo("nightly backup");
    assertThat(continued.getHeldFor().getSeconds()).isBetween(5L, 9L);
  }

  /** After a pause of the process a frame arrives before the timer runs. */
  @Test
  void frame_afterTheTermIsOverByTheClock_tellsThatTheTermIsOver() {
    f.start();
    f.lookup(WRITE);
    f.server.goDown();
    f.seconds(3);
    f.server.comeUp();
    f.states.clear();
    f.time.stall(Duration.ofSeconds(7));
    f.server.setMode("main", MaintenanceMode.MAINTENANCE_MODE_OFFLINE, "");
    f.time.run();
    assertThat(f.states)
        .filteredOn(change -> change.to() == ClientState.EXPIRED)
        .extracting(StateChange::cause)
        .containsExactly(Cause.TTL_OVER);
    assertThat(f.losses).extracting(LeaseLost::cause).containsExactly(LossCause.EXPIRED);
  }

  @Test
  void sessionRefused_whoWaitsIsToldAtOnce_andTheNextOneToo() {
    for (int i = 0; i < 3; i++) {
      f.server.refuseNext(
          "OpenSession",
          ErrorReason.ERROR_REASON_QUOTA_EXCEEDED,
          Status.Code.RESOURCE_EXHAUSTED,
          Map.of("quota", "sessions"));
    }
    f.client.start();
    CompletableFuture<Handle> first = f.ask(WRITE);
    assertThat(first).isCompletedExceptionally();
    assertThatThrownBy(() -> ClientFixture.result(first))
        .isInstanceOfSatisfying(
            RefusedException.class,
            no -> assertThat(no.reason()).isEqualTo(ErrorReason.ERROR_REASON_QUOTA_EXCEEDED));
    assertThat(f.ask(WRITE)).isCompletedExceptionally();
    assertThat(f.client.trouble()).containsInstanceOf(RefusedException.class);
    f.seconds(5);
    f.lookup(WRITE).close();
    assertThat(f.client.trouble()).isEmpty();
  }

  @Test
  void watchRefused_whoAwaitsFreshIsToldAtOnce() {
    f.server.refuseNext(
        "WatchGeneration",
        ErrorReason.ERROR_REASON_INVALID_REQUEST,
        Status.Code.INVALID_ARGUMENT,
        Map.of());
    f.start();
    assertThat(f.client.state()).isEqualTo(ClientState.RESYNC);
    assertThat(f.client.trouble()).containsInstanceOf(RefusedException.class);
    f.lookup(WRITE).close();
    f.seconds(5);
    assertThat(f.client.state()).isEqualTo(ClientState.FRESH);
    assertThat(f.client.trouble()).isEmpty();
  }

  @Test
  void watchDeniedLater_nothingIsAnsweredFromMemory_andTheReasonIsKnown() {
    f.start();
    f.server.denyWatches();
    f.time.run();
    assertThat(f.client.state()).isEqualTo(ClientState.RESYNC);
    assertThat(f.states).last().extracting(StateChange::cause).isEqualTo(Cause.WATCH_REFUSED);
    assertThat(f.client.trouble())
        .containsInstanceOf(RefusedException.class)
        .get()
        .extracting(why -> ((RefusedException) why).reason())
        .isEqualTo(ErrorReason.ERROR_REASON_PERMISSION_DENIED);
    long asked = f.server.calls("Lookup");
    f.lookup(LOOKUP).close();
    assertThat(f.server.calls("Lookup")).isEqualTo(asked + 1);

    f.seconds(60);
    assertThat(f.client.state()).isEqualTo(ClientState.FRESH);
    assertThat(f.client.trouble()).isEmpty();
  }

  @Test
  void basePath_isKnownWhetherOrNotTheServerSendsTheSettings() {
    f.start();
    assertThat(f.lookup(READ).basePath()).isEqualTo("/srv/main");
    assertThat(f.lookup("main", WRITE, LookupOptions.DEFAULT.withMaxAge(Duration.ZERO)).basePath())
        .isEqualTo("/srv/main");
  }

  /** The answer may be in transit, and the lease would be lost with it. */
  @Test
  void restart_whileALeaseIsAskedFor_asksForTheSessionFirst() {
    f.start();
    f.server.holdNextRequest("Lookup");
    CompletableFuture<Handle> asked = f.ask(WRITE);
    f.server.restart();
    f.time.run();
    assertThat(f.server.calls("KeepAlive")).isEqualTo(1);
    f.server.letGo();
    f.seconds(1);
    assertThat(asked.join().alive()).isTrue();
  }

  @Test
  void restart_recovering_sameSession_leaseIsContinuedAndRenewed() {
    f.start();
    Handle open = f.lookup(WRITE);
    f.server.restart();
    f.seconds(1);
    assertThat(f.sessions).hasSize(2);
    assertThat(f.sessions.get(1).continued()).isTrue();
    assertThat(f.server.leases()).containsExactly(open.leaseId().orElseThrow());
    assertThat(f.stats().reclaimed()).isEqualTo(1);
    f.seconds(30);
    assertThat(open.alive()).isTrue();
    assertThat(f.lookup(WRITE).origin()).isEqualTo(Origin.CACHE);
    assertThat(f.losses).isEmpty();
  }

  @Test
  void restart_leaseNotConfirmed_keepsItsOldDeadline_whateverIsRenewed() {
    f.start();
    Handle open = f.lookup(WRITE);
    f.seconds(3);
    f.server.restart();
    for (int i = 0; i < 100; i++) {
      f.server.refuseNext(
          "Lookup", ErrorReason.ERROR_REASON_NOT_READY, Status.Code.UNAVAILABLE, Map.of());
    }
    f.seconds(8);
    assertThat(f.client.state()).isEqualTo(ClientState.FRESH);
    assertThat(open.alive()).isTrue();
    assertThat(open.validFor()).isEqualTo(Duration.ofSeconds(1));
    f.seconds(1);
    assertThat(open.alive()).isFalse();
    f.time.run();
    assertThat(f.losses).extracting(LeaseLost::cause).containsExactly(LossCause.NOT_CONTINUED);
  }

  @Test
  void restart_leaseEnded_isLost_withTheServersWord() {
    f.start();
    Handle open = f.lookup(WRITE);
    f.server.restart();
    f.server.refuseNext(
        "Lookup",
        ErrorReason.ERROR_REASON_LEASE_ENDED,
        Status.Code.ABORTED,
        Map.of("lease_id", "x", "cause", "drained"));
    f.seconds(1);
    assertThat(open.alive()).isFalse();
    assertThat(f.losses).extracting(LeaseLost::detail).containsExactly("drained");
  }

  @Test
  void restart_withoutRecovery_newSession_leasesLost() {
    f.start();
    Handle open = f.lookup(WRITE);
    f.server.restart();
    f.server.endRecovery();
    f.seconds(1);
    assertThat(open.alive()).isFalse();
    assertThat(f.losses).extracting(LeaseLost::cause).containsExactly(LossCause.SESSION_ENDED);
    assertThat(f.sessions.get(1).sessionId()).isNotEqualTo(f.sessions.get(0).sessionId());
    assertThat(f.client.state()).isEqualTo(ClientState.FRESH);
  }

  @Test
  void answerOfBeforeTheRestart_isConfirmedBeforeItCounts() {
    f.start();
    f.server.holdNextAnswer("Lookup");
    CompletableFuture<Handle> asked = f.ask(WRITE);
    f.server.restart();
    f.time.advance(Duration.ofMillis(500));
    assertThat(f.sessions).hasSize(2);
    long before = f.server.calls("Lookup");
    f.server.letGo();
    f.time.run();
    f.advance(Duration.ofMillis(1));
    assertThat(asked.join().alive()).isTrue();
    assertThat(f.server.calls("Lookup")).isGreaterThan(before);
    assertThat(f.server.leases()).containsExactly(asked.join().leaseId().orElseThrow());
  }

  @Test
  void keepAliveOfAnEarlierOpening_extendsNothing() {
    f.start();
    Handle open = f.lookup(WRITE);
    f.server.holdNextAnswer("KeepAlive");
    f.seconds(3);
    // The answer is in transit when the ttl of the client is over.
    f.time.stall(Duration.ofSeconds(6));
    f.server.letGo();
    f.time.run();
    assertThat(open.alive()).isFalse();
    f.seconds(1);
    assertThat(f.losses).hasSize(1);
  }

  @Test
  void forced_isTold_noNewHandles_releasedAtTheLastClose() {
    f.start();
    Handle open = f.lookup(WRITE);
    List<LeaseLost> told = new ArrayList<>();
    open.onLost(told::add);
    f.server.force("main");
    f.seconds(3);
    assertThat(told).extracting(LeaseLost::cause).containsExactly(LossCause.FORCED);
    assertThat(open.alive()).isFalse();
    List<LeaseLost> late = new ArrayList<>();
    open.onLost(late::add);
    assertThat(late).as("told at once").hasSize(1);
    Handle next = f.lookup(WRITE);
    assertThat(next.leaseId()).isNotEqualTo(open.leaseId());
    assertThat(f.server.calls("Release")).isZero();
    open.close();
    f.time.run();
    assertThat(f.server.calls("Release")).isEqualTo(1);
  }

  @Test
  void onLost_closedHandle_isNotTold() {
    f.start();
    Handle first = f.lookup(WRITE);
    Handle second = f.lookup(WRITE);
    List<LeaseLost> told = new ArrayList<>();
    first.onLost(told::add);
    first.close();
    f.server.force("main");
    f.seconds(3);
    assertThat(told).isEmpty();
    assertThat(second.alive()).isFalse();
  }

  @Test
  void lostAnswer_isAskedAgainWithTheSameId() {
    f.start();
    f.server.loseNextAnswer("Lookup");
    CompletableFuture<Handle> asked = f.ask(WRITE);
    assertThat(asked).isNotDone();
    f.seconds(2);
    assertThat(asked.join().alive()).isTrue();
    assertThat(f.server.calls("Lookup")).isEqualTo(2);
    assertThat(f.server.leases()).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(Operation.class)
  void slowAnswer_isWaitedFor_andNotAskedForAgain(Operation operation) {
    f.start();
    f.advance(Duration.ofMillis(1));
    f.server.holdNextAnswer("Lookup");
    var options = LookupOptions.DEFAULT.withMaxAge(Duration.ZERO);
    CompletableFuture<Handle> asked = f.client.lookupAsync("main", operation, options);
    f.seconds(9);
    assertThat(asked).isNotDone();
    assertThat(f.server.calls("Lookup")).isEqualTo(1);
    f.server.letGo();
    f.time.run();
    assertThat(asked.join().origin()).isEqualTo(Origin.SERVER);
    assertThat(f.server.calls("Lookup")).isEqualTo(1);
  }

  /** A lookup that joins late shares the answer, even if the earlier ones have given up. */
  @Test
  void slowAnswer_isWaitedForAsLongAsSomebodyDoes() {
    f.start();
    f.server.holdNextAnswer("Lookup");
    var hasty = LookupOptions.DEFAULT.withDeadline(Duration.ofSeconds(1));
    CompletableFuture<Handle> first = f.client.lookupAsync("main", WRITE, hasty);
    f.advance(Duration.ofMillis(900));
    CompletableFuture<Handle> second = f.ask(WRITE);
    f.seconds(5);
    assertThat(first).isCompletedExceptionally();
    assertThat(f.server.calls("Lookup")).isEqualTo(1);
    f.server.letGo();
    f.time.run();
    assertThat(second.join().alive()).isTrue();
    assertThat(f.server.calls("Lookup")).isEqualTo(1);
  }

  @Test
  void askGivenUp_itsLeaseIsReleased_evenWhenItIsGrantedLater() {
    f.start();
    f.server.holdNextRequest("Lookup");
    var options = LookupOptions.DEFAULT.withDeadline(Duration.ofMillis(500));
    CompletableFuture<Handle> asked = f.client.lookupAsync("main", WRITE, options);
    f.seconds(1);
    assertThatThrownBy(() -> ClientFixture.result(asked))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("main");
    assertThat(f.server.calls("Release")).isEqualTo(1);
    // Overtaken: the lease is granted after its Release, and no client knows it.
    f.server.letGo();
    assertThat(f.server.leases()).hasSize(1);
    f.seconds(9);
    assertThat(f.server.leases()).isEmpty();
    assertThat(f.stats().strays()).isEqualTo(1);
  }

  @Test
  void leaseThatTheServerDoesNotCount_isAskedFor_andLostWhenItHasEnded() {
    f.start();
    Handle gone = f.lookup(WRITE);
    Handle kept = f.lookup("other", WRITE, LookupOptions.DEFAULT);
    f.server.forgetLeases("main");
    f.seconds(3);
    assertThat(gone.alive()).isFalse();
    assertThat(f.losses).extracting(LeaseLost::cause).containsExactly(LossCause.NOT_CONTINUED);
    assertThat(kept.alive()).isTrue();
    assertThat(f.client.state()).isEqualTo(ClientState.FRESH);
    f.seconds(30);
    assertThat(kept.alive()).isTrue();
    assertThat(f.server.calls("OpenSession")).as("asked once").isEqualTo(2);
  }

  @Test
  void withoutNearCache_leasesAreHeld_andEachLookupAsksTheServer() {
    var plain = new ClientFixture(ClientOptions.Builder::withoutNearCache).start();
    try (Handle held = plain.lookup(WRITE)) {
      long lookups = plain.server.calls("Lookup");
      plain.lookup(WRITE).close();
      plain.lookup(LOOKUP).close();
      assertThat(plain.server.calls("Lookup") - lookups).isEqualTo(2);
      plain.server.setMode("main", MaintenanceMode.MAINTENANCE_MODE_READ_ONLY, "");
      plain.seconds(30);
      assertThat(held.alive()).isTrue();
      assertThat(plain.refusal(WRITE).origin()).isEqualTo(Origin.SERVER);
    }
    assertThat(plain.server.watches()).isZero();
    plain.time.run();
    assertThat(plain.server.leases()).as("nothing lingers").isEmpty();
  }

  @Test
  void release_isRepeatedUntilAnswered() {
    f.start();
    f.lookup(WRITE).close();
    for (int i = 0; i < 3; i++) {
      f.server.refuseNext(
          "Release", ErrorReason.ERROR_REASON_NOT_READY, Status.Code.UNAVAILABLE, Map.of());
    }
    f.seconds(30);
    assertThat(f.server.leases()).isEmpty();
    assertThat(f.server.calls("Release")).isEqualTo(4);
    assertThat(f.stats().strays()).as("not found again as a stray").isZero();
  }

  @Test
  void slowRelease_isWaitedFor_andNotSentAgain() {
    f.start();
    f.lookup(WRITE).close();
    f.server.holdNextAnswer("Release");
    f.seconds(60);
    assertThat(f.server.calls("Release")).isEqualTo(1);
    f.server.letGo();
    f.time.run();
    assertThat(f.server.leases()).isEmpty();
  }

  @Test
  void close_closesTheSession_tellsHolders_andAnswersNothing() {
    f.start();
    Handle open = f.lookup(WRITE);
    var closing = new Thread(f.client::close);
    closing.start();
    org.awaitility.Awaitility.await()
        .until(
            () -> {
              f.time.run();
              return !closing.isAlive();
            });
    assertThat(f.server.sessions()).isEmpty();
    assertThat(f.server.leases()).isEmpty();
    assertThat(open.alive()).isFalse();
    assertThat(f.losses).extracting(LeaseLost::cause).containsExactly(LossCause.CLIENT_CLOSED);
    assertThatThrownBy(() -> f.client.lookup("main", READ))
        .isInstanceOf(IllegalStateException.class);
    open.close();
    f.client.close();
  }
}
