package io.datastored.etcd.life;

import static io.datastored.etcd.life.LifeSite.KEYS;
import static io.datastored.etcd.life.PeerSite.ALPHA;
import static io.datastored.etcd.life.PeerSite.BETA;
import static io.datastored.promise.SealingPeers.TakeOver.ALLOWED;
import static io.datastored.promise.SealingPeers.TakeOver.DRAINED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import io.datastored.config.MaintenanceMode;
import io.datastored.etcd.client.ModelEtcd.Fate;
import io.datastored.file.StoreException;
import io.datastored.history.Revision;
import io.datastored.operation.Operation;
import io.datastored.operation.OperationCounts;
import io.datastored.promise.AwaitedReplica;
import io.datastored.promise.FencingToken;
import io.datastored.promise.SealingPeers;
import io.datastored.promise.Work;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Three servers, drains, and leases that move between them. */
final class EtcdPeersTest {

  private final PeerSite site = new PeerSite();
  private final PeerSite.Replica a;
  private final PeerSite.Replica b;
  private final PeerSite.Replica c;

  EtcdPeersTest() throws IOException, StoreException {
    a = site.start("a");
    b = site.start("b");
    c = site.start("c");
  }

  @AfterEach
  void close() {
    site.close();
  }

  private static List<AwaitedReplica> awaited(PeerSite.Replica at) {
    return at.peers.begin(ALPHA).inTheWay().replicas();
  }

  private static boolean seal(PeerSite.Replica at, Revision since) throws StoreException {
    return at.peers.seal(ALPHA, MaintenanceMode.READ_ONLY, since);
  }

  private static void raiseFloor(PeerSite.Replica at, Revision since) throws StoreException {
    assertThat(at.peers.raiseFloor(ALPHA, MaintenanceMode.READ_ONLY, since)).isPresent();
  }

  private static SealingPeers.Claim claim(PeerSite.Replica at, FencingToken token) {
    return at.peers.claim(ALPHA, Operation.WRITE, token);
  }

  @Test
  void look_everybodyHasAcknowledged_hasNothing_andTheSealHolds() throws Exception {
    Revision since = site.set(ALPHA, MaintenanceMode.READ_ONLY);
    assertThat(awaited(a)).isEmpty();
    assertThat(seal(a, since)).isTrue();
    assertThat(site.floor(ALPHA)).isEqualTo(new Floor(0, 999, since.generation()));
  }

  /** A life that has not acknowledged a mode may still grant what the mode refuses. */
  @Test
  void seal_aLifeHasNotAcknowledged_isRefused() throws Exception {
    Revision since = site.commit(ALPHA, MaintenanceMode.READ_ONLY);
    a.apply();
    b.apply();
    c.serve();
    assertThat(awaited(a)).containsExactly(new AwaitedReplica.Unaware(c.id, "c"));
    assertThat(seal(a, since)).isFalse();
    c.apply();
    assertThat(awaited(a)).isEmpty();
    assertThat(seal(a, since)).isTrue();
  }

  @Test
  void seal_thisServerHasNotAcknowledged_isRefused() throws Exception {
    Revision since = site.commit(ALPHA, MaintenanceMode.READ_ONLY);
    b.apply();
    c.apply();
    a.serve();
    assertThat(awaited(a)).extracting(AwaitedReplica::life).containsExactly(a.id);
    assertThat(seal(a, since)).isFalse();
  }

  /** Its clients rely on what it has promised, whatever it had acknowledged. */
  @Test
  void seal_aLifeIsSilent_isRefused_untilItHasBeenWaitedFor() throws Exception {
    c.book.promise(PeerSite.TTL);
    Revision since = site.set(ALPHA, MaintenanceMode.READ_ONLY);
    c.kill();
    assertThat(awaited(a))
        .as("before a pulse has found out")
        .containsExactly(new AwaitedReplica.Silent(c.id, "c", Optional.of(PeerSite.WAIT)));
    assertThat(seal(a, since)).isFalse();
    site.pass(PeerSite.WAIT.minus(LifeSite.PULSE.multipliedBy(2)));
    assertThat(awaited(a)).hasSize(1);
    assertThat(awaited(a).get(0))
        .isInstanceOfSatisfying(
            AwaitedReplica.Silent.class,
            silent ->
                assertThat(silent.left().orElseThrow()).isLessThan(LifeSite.PULSE.multipliedBy(3)));
    assertThat(seal(a, since)).isFalse();
    site.pass(LifeSite.PULSE.multipliedBy(3));
    assertThat(awaited(a)).isEmpty();
    assertThat(seal(a, since)).isTrue();
  }

  /** A wait that has only just begun, and a record that is older than the look. */
  @Test
  void seal_aLifeFallsSilentWhileItIsWritten_isRefused() throws Exception {
    Revision since = site.set(ALPHA, MaintenanceMode.READ_ONLY);
    site.site.etcd.beforeWrite(() -> c.kill());
    assertThat(seal(a, since)).isFalse();
  }

  /** Gone and put back: what it says now may be of other work than what was seen. */
  @Test
  void seal_aPresenceIsPutBackWhileItIsWritten_isRefused() throws Exception {
    Revision since = site.set(ALPHA, MaintenanceMode.READ_ONLY);
    site.site.etcd.beforeWrite(
        () -> {
          String key = KEYS.presence(c.id);
          String text = site.text(key);
          site.site.etcd.delete(key);
          site.site.etcd.put(key, text);
        });
    assertThat(seal(a, since)).isFalse();
  }

  /** The look finds all lives, (one is born, and grants by an older mode), and DRAINED is told. */
  @Test
  void seal_aLifeIsBornWhileItIsWritten_isRefused() throws Exception {
    Revision since = site.set(ALPHA, MaintenanceMode.READ_ONLY);
    site.site.etcd.beforeWrite(
        () -> {
          site.site.etcd.put(KEYS.records() + "newborn", site.text(KEYS.record(c.id)));
          site.site.etcd.put(KEYS.presences() + "newborn", "version 1.0\n");
        });
    assertThat(seal(a, since)).isFalse();
  }

  /** A watch has lost the birth of a life: the seal does not depend on it. */
  @Test
  void seal_watchReportsNothing_isRefusedAllTheSame() throws Exception {
    Revision since = site.set(ALPHA, MaintenanceMode.READ_ONLY);
    a.follows = false;
    PeerSite.Replica unheard = site.start("d");
    site.site.etcd.put(KEYS.presence(unheard.id), "version 1.0\n");
    site.site.etcd.put(KEYS.work(ALPHA, b.id), "since 2\n");
    assertThat(awaited(a)).isEmpty();
    assertThat(seal(a, since)).isFalse();
  }

  /** It has no work, so only the read of the seal finds that it has not acknowledged the mode. */
  @Test
  void seal_watchHasNotReportedALife_isRefused() throws Exception {
    Revision since = site.set(ALPHA, MaintenanceMode.READ_ONLY);
    a.follows = false;
    PeerSite.Replica unheard = site.start("d");
    site.site.etcd.put(KEYS.presence(unheard.id), "version 1.0\n");
    assertThat(awaited(a)).isEmpty();
    assertThat(seal(a, since)).isFalse();
  }

  @Test
  void seal_modeChangesWhileItIsWritten_isRefused() throws Exception {
    Revision since = site.set(ALPHA, MaintenanceMode.READ_ONLY);
    site.site.etcd.beforeWrite(() -> site.commit(ALPHA, MaintenanceMode.NONE));
    assertThat(seal(a, since)).isFalse();
    assertThat(site.floor(ALPHA)).isEqualTo(Floor.NONE);
  }

  @Test
  void seal_floorRisesWhileItIsWritten_doesNotLowerIt() throws Exception {
    Revision since = site.set(ALPHA, MaintenanceMode.READ_ONLY);
    site.site.etcd.beforeWrite(
        () ->
            site.site.etcd.put(KEYS.floor(ALPHA), new Floor(0, 5_000, since.generation()).text()));
    assertThat(seal(a, since)).isFalse();
    assertThat(seal(a, since)).isTrue();
    assertThat(site.floor(ALPHA).write()).isEqualTo(5_000);
  }

  @Test
  void seal_othersHaveWork_isRefused_andALookNamesIt() throws Exception {
    Revision since = site.commit(ALPHA, MaintenanceMode.READ_ONLY);
    b.server.counts(ALPHA, since.generation().value(), 3);
    a.apply();
    b.apply();
    c.apply();
    assertThat(awaited(a))
        .singleElement()
        .isInstanceOfSatisfying(
            AwaitedReplica.Working.class,
            working -> assertThat(working.work().counts().write()).isEqualTo(3))
        .extracting(AwaitedReplica::sentence)
        .isEqualTo("replica b has 3 operations and 0 sessions");
    assertThat(awaited(b)).as("its own counters have it").isEmpty();
    assertThat(seal(a, since)).isFalse();
    assertThat(seal(b, since)).isFalse();
    b.server.work.clear();
    b.peers.workEnded();
    assertThat(awaited(a)).isEmpty();
    assertThat(seal(a, since)).isTrue();
  }

  /** The last lease of some work expires: no event says so. */
  @Test
  void lookForEnds_workHasEnded_isPublished_andNothingIsCountedWhileThereIsNone() throws Exception {
    boolean[] counted = new boolean[1];
    b.server.whenCounted = () -> counted[0] = true;
    b.peers.lookForEnds();
    assertThat(counted[0]).isFalse();
    Revision since = site.commit(ALPHA, MaintenanceMode.READ_ONLY);
    b.server.counts(ALPHA, since.generation().value(), 3);
    b.apply();
    long before = site.site.etcd.revision();
    b.peers.lookForEnds();
    assertThat(site.site.etcd.revision()).as("nothing has ended").isEqualTo(before);
    b.server.work.clear();
    b.peers.lookForEnds();
    assertThat(site.text(KEYS.work(ALPHA, b.id))).isEqualTo("nothing");
  }

  @Test
  void seal_anotherHoldsTheBaseDirectoryOpen_isRefused() throws Exception {
    Revision since = site.set(ALPHA, MaintenanceMode.OFFLINE);
    b.server.work.put(
        ALPHA, new Work(since.generation(), OperationCounts.NONE, 1, 0, ImmutableList.of()));
    b.peers.workEnded();
    assertThat(awaited(a))
        .singleElement()
        .extracting(AwaitedReplica::sentence)
        .isEqualTo("replica b has 0 operations and 0 sessions, and holds the base directory open");
    assertThat(a.peers.seal(ALPHA, MaintenanceMode.OFFLINE, since)).isFalse();
  }

  @Test
  void work_thatCannotBeRead_isInTheWay() throws Exception {
    Revision since = site.set(ALPHA, MaintenanceMode.READ_ONLY);
    site.site.etcd.put(KEYS.work(ALPHA, b.id), "write many\n");
    assertThat(awaited(a)).hasSize(1);
    assertThat(seal(a, since)).isFalse();
  }

  @Test
  void seal_ofAnotherDatastore_isNotInItsWay() throws Exception {
    Revision since = site.set(ALPHA, MaintenanceMode.READ_ONLY);
    site.site.etcd.put(KEYS.work(BETA, b.id), "since 2\n");
    assertThat(awaited(a)).isEmpty();
    assertThat(seal(a, since)).isTrue();
  }

  @Test
  void seal_answerLost_isDoneWithTheNextLook() throws Exception {
    Revision since = site.set(ALPHA, MaintenanceMode.READ_ONLY);
    site.site.etcd.fates(Fate.DONE_UNANSWERED);
    assertThatThrownBy(() -> seal(a, since)).isInstanceOf(StoreException.class);
    assertThat(seal(a, since)).isTrue();
  }

  @Test
  void seal_tokensAreMissing_saysWhatToDo() throws Exception {
    Revision since = site.set(ALPHA, MaintenanceMode.READ_ONLY);
    site.site.etcd.delete(KEYS.tokens());
    assertThatThrownBy(() -> seal(a, since))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("/datastored/test/tokens cannot be used")
        .hasMessageContaining("Put a number");
    site.site.etcd.put(KEYS.tokens(), "many");
    assertThatThrownBy(() -> a.book.reserve(1)).hasMessageContaining("not a number");
  }

  @Test
  void floor_damaged_isAboveAllTokens_andNothingIsSealed() throws Exception {
    FencingToken token = b.grant();
    Revision since = site.set(ALPHA, MaintenanceMode.READ_ONLY);
    site.site.etcd.put(KEYS.floor(ALPHA), "write low\n");
    assertThat(a.peers.takeOver(ALPHA, Operation.WRITE, token)).isEqualTo(DRAINED);
    assertThatThrownBy(() -> seal(a, since)).hasMessageContaining("/datastored/test/floor/alpha");
  }

  /** (a drain is sealed elsewhere): the transaction fails, and the floor is known then. */
  @Test
  void takeOver_sealedUnseen_isDrained() throws Exception {
    FencingToken token = c.grant();
    Revision since = site.set(ALPHA, MaintenanceMode.READ_ONLY);
    b.follows = false;
    assertThat(seal(a, since)).isTrue();
    assertThat(b.peers.takeOver(ALPHA, Operation.WRITE, token)).as("unseen").isEqualTo(ALLOWED);
    try (SealingPeers.Claim claim = claim(b, token)) {
      assertThat(claim.verdict()).isEqualTo(DRAINED);
    }
    assertThat(site.text(KEYS.work(ALPHA, b.id))).isEqualTo("nothing");
  }

  /** A seal between the look of a take-over and its transaction. */
  @Test
  void takeOver_sealedWhileItIsWritten_isDrained() throws Exception {
    FencingToken token = c.grant();
    Revision since = site.set(ALPHA, MaintenanceMode.READ_ONLY);
    boolean[] sealed = new boolean[1];
    site.site.etcd.beforeWrite(
        () -> {
          try {
            sealed[0] = seal(a, since);
          } catch (StoreException e) {
            throw new AssertionError(e);
          }
        });
    try (SealingPeers.Claim claim = claim(b, token)) {
      assertThat(claim.verdict()).isEqualTo(DRAINED);
    }
    assertThat(sealed[0]).isTrue();
  }

  /** A take-over between the look of a drain and its seal. */
  @Test
  void seal_aLeaseIsTakenOverWhileItIsWritten_isRefused() throws Exception {
    FencingToken token = c.grant();
    Revision since = site.set(ALPHA, MaintenanceMode.READ_ONLY);
    try (SealingPeers.Claim claim = claim(b, token)) {
      site.site.etcd.beforeWrite(
          () -> {
            try {
              assertThat(claim.verdict()).isEqualTo(ALLOWED);
            } catch (StoreException e) {
              throw new AssertionError(e);
            }
          });
      assertThat(seal(a, since)).isFalse();
      assertThat(awaited(a)).hasSize(1);
    }
    assertThat(awaited(a)).as("it was not counted").isEmpty();
    assertThat(seal(a, since)).isTrue();
  }

  /** The mode permits it, so nothing is written; the mode is set before the lease is counted. */
  @Test
  void takeOver_modeIsSetWhileItIsCounted_isAnnouncedThen() throws Exception {
    FencingToken token = c.grant();
    Revision unused = site.set(ALPHA, MaintenanceMode.NONE);
    try (SealingPeers.Claim claim = claim(b, token)) {
      long before = site.site.etcd.revision();
      assertThat(claim.verdict()).isEqualTo(ALLOWED);
      assertThat(site.site.etcd.revision()).as("no write").isEqualTo(before);
      Revision since = site.set(ALPHA, MaintenanceMode.READ_ONLY);
      b.server.counts(ALPHA, since.generation().value(), 1);
      assertThat(claim.verdict()).isEqualTo(ALLOWED);
      assertThat(seal(a, since)).isFalse();
    }
    assertThat(site.text(KEYS.work(ALPHA, b.id))).contains("write 1");
  }

  /** The same, and the drain was sealed before the second verdict. */
  @Test
  void takeOver_sealedWhileItIsCounted_isDrained() throws Exception {
    FencingToken token = c.grant();
    Revision unused = site.set(ALPHA, MaintenanceMode.NONE);
    b.follows = false;
    try (SealingPeers.Claim claim = claim(b, token)) {
      assertThat(claim.verdict()).isEqualTo(ALLOWED);
      Revision since = site.set(ALPHA, MaintenanceMode.READ_ONLY);
      assertThat(seal(a, since)).isTrue();
      assertThat(claim.verdict()).isEqualTo(DRAINED);
    }
  }

  @Test
  void takeOver_modeIsChangingAllTheTime_failsAndIsNotCounted() throws Exception {
    FencingToken token = c.grant();
    Revision unused = site.set(ALPHA, MaintenanceMode.READ_ONLY);
    // This server has not followed yet.
    unused = site.commit(ALPHA, MaintenanceMode.OFFLINE);
    try (SealingPeers.Claim claim = claim(b, token)) {
      assertThatThrownBy(claim::verdict)
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("try again");
    }
    assertThat(site.text(KEYS.work(ALPHA, b.id))).isEqualTo("nothing");
  }

  @Test
  void force_isKnownToAllWhoFollow_andContinuesNothing_andGrantsGoOnAboveIt() throws Exception {
    FencingToken old = b.grant();
    Revision since = site.commit(ALPHA, MaintenanceMode.READ_ONLY);
    a.apply();
    raiseFloor(a, since);
    assertThat(site.floor(ALPHA).write()).isGreaterThanOrEqualTo(old.value());
    assertThat(site.floor(ALPHA).read()).as("not refused").isZero();
    assertThat(b.floorsRaised).containsExactly(ALPHA);
    assertThat(c.peers.takeOver(ALPHA, Operation.WRITE, old)).isEqualTo(DRAINED);
    assertThat(c.peers.takeOver(ALPHA, Operation.READ, old)).isEqualTo(ALLOWED);
    long before = site.site.etcd.revision();
    raiseFloor(a, since);
    assertThat(site.site.etcd.revision()).as("nothing to raise").isEqualTo(before);
    // One that has not heard of the mode still grants, above the floor, and is forced with the next
    // look.
    FencingToken late = b.grant();
    assertThat(late.value()).isGreaterThan(site.floor(ALPHA).write());
    raiseFloor(a, since);
    assertThat(site.floor(ALPHA).write()).isGreaterThanOrEqualTo(late.value());
  }

  @Test
  void force_anotherServerRaisesItToo_neverLower() throws Exception {
    Revision since = site.set(ALPHA, MaintenanceMode.READ_ONLY);
    site.site.etcd.beforeWrite(
        () ->
            site.site.etcd.put(KEYS.floor(ALPHA), new Floor(7, 5_000, Floor.NONE.sealed()).text()));
    raiseFloor(a, since);
    assertThat(site.floor(ALPHA)).isEqualTo(new Floor(7, 5_000, Floor.NONE.sealed()));
  }

  /** The tokens are read | the mode is cleared, and leases are granted | the floor is written. */
  @Test
  void force_modeIsClearedWhileItIsWritten_endsNothing() throws Exception {
    Revision since = site.set(ALPHA, MaintenanceMode.READ_ONLY);
    site.site.etcd.beforeWrite(() -> site.commit(ALPHA, MaintenanceMode.NONE));
    assertThat(a.peers.raiseFloor(ALPHA, MaintenanceMode.READ_ONLY, since)).isEmpty();
    assertThat(site.floor(ALPHA)).isEqualTo(Floor.NONE);
    assertThat(b.floorsRaised).isEmpty();
  }

  /** A token is taken | the floor is raised, and leases are ended | that lease is counted. */
  @Test
  void force_leaseIsCountedAfterTheOthersHaveEnded_isEndedWhileSomebodyWaits() throws Exception {
    Revision since = site.set(ALPHA, MaintenanceMode.READ_ONLY);
    raiseFloor(a, since);
    assertThat(b.floorsRaised).containsExactly(ALPHA);
    b.peers.tend();
    assertThat(b.floorsRaised).as("nobody waits").containsExactly(ALPHA);
    try (SealingPeers.Asking alpha = a.peers.ask(ALPHA);
        SealingPeers.Asking beta = a.peers.ask(BETA)) {
      b.peers.tend();
      assertThat(b.floorsRaised).as("beta has no floor").containsExactly(ALPHA, ALPHA);
    }
  }

  /** Storage that refuses what is at or below the floor refuses all old ones, and no new one. */
  @Test
  void seal_floorIsAboveAllTokensSoFar_andTheNextOnesAreAboveIt() throws Exception {
    FencingToken ofA = a.grant();
    FencingToken ofB = b.grant();
    FencingToken ofC = c.grant();
    assertThat(List.of(ofA, ofB, ofC)).doesNotHaveDuplicates();
    Revision since = site.set(ALPHA, MaintenanceMode.READ_ONLY);
    assertThat(seal(a, since)).isTrue();
    long floor = site.floor(ALPHA).write();
    assertThat(List.of(ofA, ofB, ofC)).allMatch(token -> token.value() <= floor);
    Revision unused = site.set(ALPHA, MaintenanceMode.NONE);
    assertThat(List.of(a.grant(), b.grant(), c.grant()))
        .allMatch(token -> token.value() > floor)
        .doesNotHaveDuplicates();
  }

  @Test
  void over_blocksOfTheLifeAreNotOwnAnyMore() throws Exception {
    FencingToken token = a.grant();
    assertThat(a.peers.takeOver(ALPHA, Operation.WRITE, token))
        .isEqualTo(SealingPeers.TakeOver.UNKNOWN);
    a.book.over();
    a.tokens.leave();
    assertThat(a.peers.takeOver(ALPHA, Operation.WRITE, token)).isEqualTo(ALLOWED);
    assertThat(a.grant().value()).as("a fresh block").isGreaterThan(token.value() + 50);
  }

  @Test
  void ask_isSeenByAll_andMoreIsSaidWhileSomebodyWaits() throws Exception {
    Revision since = site.commit(ALPHA, MaintenanceMode.READ_ONLY);
    b.server.counts(ALPHA, since.generation().value(), 3);
    a.apply();
    b.apply();
    c.apply();
    b.server.counts(ALPHA, since.generation().value(), 2);
    b.peers.tend();
    assertThat(site.text(KEYS.work(ALPHA, b.id))).as("nobody asks").contains("write 3");
    SealingPeers.Asking first = a.peers.ask(ALPHA);
    SealingPeers.Asking second = a.peers.ask(ALPHA);
    assertThat(b.follower.isAsked(ALPHA)).isTrue();
    assertThat(b.follower.isAsked(BETA)).isFalse();
    b.peers.tend();
    assertThat(site.text(KEYS.work(ALPHA, b.id))).contains("write 2");
    first.close();
    first.close();
    assertThat(b.follower.isAsked(ALPHA)).as("one still waits").isTrue();
    second.close();
    assertThat(b.follower.isAsked(ALPHA)).isFalse();
  }

  @Test
  void ask_cannotBeWritten_isWrittenLater_alsoInTheNextLife() throws Exception {
    site.site.etcd.fates(Fate.LOST, Fate.LOST, Fate.LOST, Fate.LOST);
    try (SealingPeers.Asking unused = a.peers.ask(ALPHA)) {
      assertThat(b.follower.isAsked(ALPHA)).isFalse();
      a.peers.tend();
      assertThat(b.follower.isAsked(ALPHA)).isTrue();
      site.site.etcd.delete(KEYS.record(a.id));
      Duration beat = a.server.beat();
      beat = a.server.beat();
      assertThat(beat).isZero();
      a.server.beatUntilServing();
      assertThat(b.follower.isAsked(ALPHA)).isFalse();
      a.peers.tend();
      assertThat(b.follower.isAsked(ALPHA)).isTrue();
    }
  }

  /** A watch has lost the end of the work of another server: a drain does not wait for ever. */
  @Test
  void tend_watchHasLostSomething_isReadAgainWhileSomebodyWaits() throws Exception {
    Revision unused = site.set(ALPHA, MaintenanceMode.READ_ONLY);
    site.site.etcd.put(KEYS.work(ALPHA, b.id), "since 2\nwrite 1\n");
    a.follows = false;
    site.site.etcd.delete(KEYS.work(ALPHA, b.id));
    a.peers.tend();
    assertThat(awaited(a)).as("nobody waits here").hasSize(1);
    try (SealingPeers.Asking asking = a.peers.ask(ALPHA)) {
      a.peers.tend();
      assertThat(awaited(a)).isEmpty();
    }
  }
}
