package io.datastored.etcd.life;

import static io.datastored.etcd.life.LifeSite.AUTHORITY;
import static io.datastored.etcd.life.LifeSite.KEYS;
import static io.datastored.etcd.life.LifeSite.NANO;
import static io.datastored.etcd.life.LifeSite.PULSE;
import static io.datastored.etcd.life.LifeSite.SECOND;
import static io.datastored.etcd.life.LifeSite.WAIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.datastored.etcd.client.ModelEtcd.Fate;
import io.datastored.etcd.history.HeadComparison.Line;
import io.datastored.etcd.life.LifeSite.Server;
import io.datastored.file.StoreException;
import io.datastored.promise.LifeId;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One life at a model of etcd: answers that are late or lost, keys that are lost, and pauses. */
final class LifeTest {

  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration MINUTE_KEPT = Duration.ofMillis(61_100);

  private final LifeSite site = new LifeSite();

  LifeTest() throws IOException {}

  @AfterEach
  void close() {
    site.close();
  }

  private String presence(LifeId life) {
    return site.presence(life).orElseThrow().text();
  }

  @Test
  void begin_isRegistered_thenLoads_thenAcknowledges_thenHasAuthority() {
    Server server = site.serving("a");
    assertThat(server.told).containsExactly("loads of 2 keys, authority false");
    assertThat(presence(server.id())).contains("applied 00000000000000a1 1", "addresses a:8007");
    assertThat(site.record(server.id()).orElseThrow())
        .isEqualTo(new LifeRecord("a", AUTHORITY, Duration.ZERO, LifeRecord.End.OPEN));
  }

  @Test
  void begin_acknowledged_hasNoAuthorityBeforeAPulse() {
    Server server = site.new Server("a");
    assertThat(server.beat()).as("registered").isZero();
    assertThat(server.beat()).as("loaded").isZero();
    assertThat(server.holds()).isFalse();
    assertThat(server.beat()).isEqualTo(PULSE);
    assertThat(server.holds()).isTrue();
  }

  @Test
  void pulse_headOnAnotherLine_promisesNothingMore_andOthersWait() throws Exception {
    Server server = site.serving("a");
    server.life.promise(MINUTE);
    site.etcd.put(KEYS.head(), "the head");
    LifeId life = server.id();
    server.line = Line.LOST;
    Duration unused = server.beat();
    assertThat(server.heads).last().isEqualTo("the head");
    assertThat(server.holds()).isFalse();
    assertThat(site.presence(life)).isEmpty();
    assertThat(site.record(life)).as("what it has promised is waited for").isPresent();
    server.line = Line.SAME;
    for (int i = 0; i < 5; i++) {
      unused = server.beat();
    }
    assertThat(server.holds()).as("until an operator has acted").isFalse();
    assertThat(server.told).filteredOn("lost"::equals).hasSize(5);
    assertThatThrownBy(() -> server.life.acknowledge(SECOND)).isInstanceOf(StoreException.class);
  }

  /** Etcd was set back to a time in which this life was there, and its presence is not. */
  @Test
  void pulse_presenceIsGoneOnAnotherLine_isNotPutBack() throws Exception {
    Server server = site.serving("a");
    LifeId life = server.id();
    site.etcd.delete(KEYS.presence(life));
    server.line = Line.LOST;
    Duration unused = server.beat();
    assertThat(site.presence(life)).isEmpty();
    assertThat(server.holds()).isFalse();
  }

  /** Etcd was set back to a time before this life: its record is not there. */
  @Test
  void begin_onAnotherLine_isLost() {
    Server server = site.serving("a");
    LifeId life = server.id();
    site.etcd.delete(KEYS.record(life));
    site.etcd.delete(KEYS.presence(life));
    server.line = Line.LOST;
    server.loads = false;
    for (int i = 0; i < 6; i++) {
      Duration unused = server.beat();
    }
    assertThat(server.holds()).isFalse();
    assertThat(server.life.isLost()).isTrue();
    assertThat(server.told).contains("lost").anyMatch(told -> told.startsWith(life + " is over"));
    assertThat(site.etcd.keys()).noneMatch(key -> key.contains("/here/"));
  }

  /** What it has promised is waited for as that of a server that died. */
  @Test
  void leave_afterItWasLost_saysNothing() throws Exception {
    Server server = site.serving("a");
    LifeId life = server.id();
    server.line = Line.LOST;
    Duration unused = server.beat();
    server.life.leave(Outstanding.NONE);
    assertThat(site.record(life).orElseThrow().end()).isEqualTo(LifeRecord.End.OPEN);
  }

  @Test
  void pulse_lineIsNotKnownNow_isNotRenewed_andGoesOnLater() throws Exception {
    Server server = site.serving("a");
    server.line = Line.UNKNOWN;
    Duration unused = server.beat();
    assertThat(server.holds()).as("it holds as long as it was renewed for").isTrue();
    site.pass(AUTHORITY);
    unused = server.beat();
    assertThat(server.holds()).isFalse();
    server.line = Line.SAME;
    unused = server.beat();
    assertThat(server.holds()).isTrue();
  }

  @Test
  void begin_cannotLoad_hasNoAuthority_andTriesAgain() {
    Server server = site.new Server("a");
    server.loads = false;
    for (int i = 0; i < 5; i++) {
      Duration unused = server.beat();
    }
    assertThat(server.holds()).isFalse();
    server.loads = true;
    server.beatUntilServing();
    assertThat(site.etcd.keys()).as("in the same life").hasSize(2);
  }

  @Test
  void begin_answerLost_isTheSameLife() {
    site.etcd.fates(Fate.DONE_UNANSWERED);
    Server server = site.new Server("a");
    server.beatUntilServing();
    assertThat(site.etcd.keys()).as("nobody waits for another one").hasSize(2);
    assertThat(site.etcd.leases()).isEqualTo(1);
  }

  @Test
  void begin_answerLost_andItsLeaseTooBeforeItIsFound_isAnotherLife() {
    site.etcd.fates(Fate.DONE_UNANSWERED);
    Server server = site.new Server("a");
    Duration unused = server.beat();
    site.etcd.delete(site.etcd.keys().get(0));
    server.beatUntilServing();
    assertThat(site.presence(server.id())).isPresent();
    assertThat(server.told)
        .as("nothing was promised in the first one")
        .anyMatch(told -> told.contains("over"));
  }

  @Test
  void begin_presenceLostBeforeItServes_isAnotherLife() {
    Server server = site.new Server("a");
    Duration unused = server.beat();
    String presence = site.etcd.keys().get(0);
    assertThat(presence).contains("/here/");
    site.etcd.delete(presence);
    server.beatUntilServing();
    assertThat(KEYS.presence(server.id())).isNotEqualTo(presence);
  }

  @Test
  void pulse_makesNoRevision() {
    Server server = site.serving("a");
    long before = site.etcd.revision();
    assertThat(server.beat()).isEqualTo(PULSE);
    assertThat(site.etcd.revision()).isEqualTo(before);
  }

  @Test
  void pulse_answerIsLate_countsFromItsSending() {
    Server server = site.serving("a");
    site.pass(Duration.ofSeconds(5));
    site.etcd.beforeAnswer(() -> site.pass(Duration.ofSeconds(4)));
    Duration unused = server.beat();
    site.pass(Duration.ofSeconds(6).minus(NANO));
    assertThat(server.holds()).isTrue();
    site.pass(NANO);
    assertThat(server.holds()).isFalse();
  }

  @Test
  void pulse_answerAfterAPause_isWorthNothing() {
    Server server = site.serving("a");
    LifeId life = server.id();
    site.etcd.beforeAnswer(() -> site.pass(MINUTE));
    Duration unused = server.beat();
    assertThat(server.holds()).isFalse();
    unused = server.beat();
    assertThat(server.life.authority().life()).as("nobody has waited for it").contains(life);
  }

  @Test
  void etcd_awayForLongerThanTheAuthority_thatEnds_andComesBackInTheSameLife() {
    Server server = site.serving("a");
    LifeId life = server.id();
    site.etcd.cutOff();
    assertThat(server.beat()).as("asks again soon").isLessThan(PULSE);
    site.pass(AUTHORITY.minus(NANO));
    Duration unused = server.beat();
    assertThat(server.holds()).isTrue();
    site.pass(NANO);
    assertThat(server.holds()).isFalse();
    site.pass(MINUTE);
    unused = server.beat();
    assertThat(server.holds()).isFalse();
    site.etcd.heal();
    unused = server.beat();
    assertThat(server.life.authority().life()).contains(life);
    assertThat(server.told).hasSize(1);
  }

  @Test
  void presence_revokedByEtcd_isPutBack_withWhatIsServed_andNothingIsDropped() throws Exception {
    Server server = site.serving("a");
    server.life.promise(MINUTE);
    server.life.acknowledge(SECOND);
    LifeId life = server.id();
    long record = site.etcd.get(KEYS.record(life)).orElseThrow().modRevision();
    site.etcd.end(server.lease());

    assertThat(server.beat()).as("a pulse at once").isZero();
    assertThat(presence(life)).contains("applied 00000000000000a2 2");
    assertThat(server.lease()).isNotZero();
    assertThat(site.etcd.get(KEYS.record(life)).orElseThrow().modRevision())
        .as("written, so that waits begin anew")
        .isGreaterThan(record);
    assertThat(site.record(life).orElseThrow().longest()).isEqualTo(MINUTE_KEPT);
    assertThat(server.beat()).isEqualTo(PULSE);
    assertThat(server.life.authority().life()).contains(life);
    assertThat(server.life.allows(MINUTE)).isTrue();
    assertThat(server.told).hasSize(1);
  }

  @Test
  void presence_gone_isNoRenewal() {
    Server server = site.serving("a");
    site.pass(AUTHORITY.minus(NANO));
    site.etcd.end(server.lease());
    assertThat(server.beat()).isZero();
    assertThat(server.holds()).as("as far as the last pulse reaches").isTrue();
    site.pass(NANO);
    assertThat(server.holds()).as("the pulse has not found it").isFalse();
    Duration unused = server.beat();
    assertThat(server.holds()).isTrue();
  }

  @Test
  void presence_gone_endsThePromiseOfWhatWasNotAnnounced() {
    Server server = site.serving("a");
    site.etcd.end(server.lease());
    assertThatThrownBy(() -> server.life.promise(MINUTE))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("presence");
    assertThat(server.life.allows(MINUTE)).isFalse();
    Duration unused = server.beat();
    assertThat(site.record(server.id()).orElseThrow().longest())
        .as("it may as well be announced with what is put back")
        .isEqualTo(MINUTE_KEPT);
  }

  @Test
  void presence_putBackWithoutAnswer_isFoundByTheNextBeats() {
    Server server = site.serving("a");
    LifeId life = server.id();
    site.etcd.delete(KEYS.presence(life));
    // The first one only finds out that the presence is gone.
    site.etcd.fates(Fate.ANSWERED, Fate.DONE_UNANSWERED, Fate.LOST, Fate.LOST, Fate.LOST);
    for (int i = 0; i < 5; i++) {
      Duration unused = server.beat();
    }
    assertThat(server.beat()).isEqualTo(PULSE);
    assertThat(server.life.authority().life()).contains(life);
    assertThat(presence(life)).contains("applied");
  }

  /** A put-back that is late would wipe what was announced since, and a wait would be too short. */
  @Test
  void presence_putBackLate_doesNotWipeALongerPromise() throws Exception {
    Server server = site.serving("a");
    LifeId life = server.id();
    site.etcd.delete(KEYS.presence(life));
    // The first one only finds out that the presence is gone.
    site.etcd.fates(Fate.ANSWERED, Fate.HELD_BACK, Fate.HELD_BACK, Fate.HELD_BACK);
    Duration unused = server.beat();
    unused = server.beat();
    unused = server.beat();
    assertThat(server.holds()).isTrue();
    server.life.promise(MINUTE);
    site.etcd.delete(KEYS.presence(life));
    assertThat(site.etcd.doLate()).as("of the late ones, done").isZero();
    assertThat(site.record(life).orElseThrow().longest()).isEqualTo(MINUTE_KEPT);
  }

  @Test
  void record_gone_endsTheLife_dropsEverything_andTheNextOneBegins() throws Exception {
    Server server = site.serving("a");
    server.life.promise(MINUTE);
    LifeId life = server.id();
    site.etcd.end(server.lease());
    site.etcd.delete(KEYS.record(life));
    Duration unused = server.beat();
    unused = server.beat();
    assertThat(server.told)
        .as("after the authority, before the next life")
        .last()
        .isEqualTo(life + " is over, authority false, lives 0");
    assertThat(server.life.allows(MINUTE)).as("nothing of its memory is used").isFalse();
    assertThatThrownBy(() -> server.life.promise(MINUTE)).isInstanceOf(StoreException.class);
    server.beatUntilServing();
    assertThat(server.id()).isNotEqualTo(life);
    assertThat(server.told).last().isEqualTo("loads of 2 keys, authority false");
    assertThat(site.record(server.id()).orElseThrow().longest()).isZero();
  }

  @Test
  void record_deletedByHand_endsTheLife_thoughThePresenceIsThere() {
    Server server = site.serving("a");
    LifeId life = server.id();
    site.etcd.delete(KEYS.record(life));
    Duration unused = server.beat();
    unused = server.beat();
    assertThat(server.holds()).isFalse();
    assertThat(site.presence(life)).as("it ends with its lease").isEmpty();
    server.beatUntilServing();
    assertThat(server.id()).isNotEqualTo(life);
    assertThat(site.etcd.leases()).isEqualTo(1);
  }

  @Test
  void stopped_untilOthersHaveWaited_doesNotPromiseInTheOldLife() {
    Server stopped = site.serving("a");
    Server other = site.serving("b");
    LifeId life = stopped.id();
    // Stopped; etcd ends its lease, and the other server waits.
    site.etcd.end(stopped.lease());
    Duration unused = other.beat();
    site.passWith(other, WAIT);
    unused = other.beat();
    assertThat(site.record(life)).isEmpty();
    // It goes on: whatever it does first, nothing is promised in that life.
    assertThat(stopped.holds()).isFalse();
    assertThatThrownBy(() -> stopped.life.promise(MINUTE)).isInstanceOf(StoreException.class);
    unused = stopped.beat();
    assertThat(stopped.holds()).isFalse();
    stopped.beatUntilServing();
    assertThat(stopped.id()).isNotEqualTo(life);
    assertThat(stopped.told).contains(life + " is over, authority false, lives 1");
  }

  @Test
  void start_aBeatMeetsAnError_goesOn() {
    Server server = site.new Server("a");
    server.whenLoaded =
        () -> {
          throw new AssertionError("a bug, or no memory");
        };
    server.life.start();
    await().until(server::holds);
    server.life.close();
  }

  @Test
  void promise_isAllowedOnceItIsInTheRecord() throws Exception {
    Server server = site.serving("a");
    assertThat(server.life.allows(MINUTE)).isFalse();
    site.etcd.fates(Fate.LOST, Fate.LOST, Fate.LOST, Fate.LOST);
    assertThatThrownBy(() -> server.life.promise(MINUTE)).isInstanceOf(StoreException.class);
    assertThat(server.life.allows(MINUTE)).isFalse();
    site.etcd.fates(Fate.DONE_UNANSWERED);
    server.life.promise(MINUTE);
    assertThat(server.life.allows(MINUTE)).isTrue();
    assertThat(server.life.allows(MINUTE.plusNanos(1))).isFalse();
    assertThat(site.record(server.id()).orElseThrow().longest()).isEqualTo(MINUTE_KEPT);
    long revision = site.etcd.revision();
    server.life.promise(Duration.ofSeconds(5));
    assertThat(site.etcd.revision()).as("a shorter one needs no write").isEqualTo(revision);
  }

  @Test
  void acknowledgement_withoutAnswer_isWrittenByTheNextBeat() {
    Server server = site.serving("a");
    site.etcd.fates(Fate.LOST, Fate.LOST, Fate.LOST, Fate.LOST);
    assertThatThrownBy(() -> server.life.acknowledge(SECOND)).isInstanceOf(StoreException.class);
    assertThat(presence(server.id())).contains("applied 00000000000000a1 1");
    Duration unused = server.beat();
    assertThat(presence(server.id())).contains("applied 00000000000000a2 2");
  }

  @Test
  void acknowledgement_late_doesNotGoBack() throws Exception {
    Server server = site.serving("a");
    site.etcd.fates(Fate.HELD_BACK);
    server.life.acknowledge(LifeSite.FIRST);
    server.life.acknowledge(SECOND);
    assertThat(site.etcd.doLate()).isZero();
    assertThat(presence(server.id())).contains("applied 00000000000000a2 2");
  }

  @Test
  void leave_withPromises_saysHowLongTheyLast() throws Exception {
    Server server = site.serving("a");
    server.life.promise(Duration.ofMinutes(10));
    LifeId life = server.id();
    Duration announced = site.record(life).orElseThrow().longest();
    server.life.leave(Outstanding.SOME);
    assertThat(server.holds()).isFalse();
    assertThat(site.presence(life)).isEmpty();
    assertThat(site.record(life).orElseThrow())
        .as("which of its promises is out is not known to others")
        .isEqualTo(new LifeRecord("a", AUTHORITY, announced, LifeRecord.End.LEFT));
    assertThat(announced).isGreaterThan(Duration.ofMinutes(10));
    Duration unused = server.beat();
    assertThat(site.etcd.keys()).hasSize(1);
    server.life.leave(Outstanding.SOME);
    assertThatThrownBy(() -> server.life.promise(MINUTE)).isInstanceOf(StoreException.class);
  }

  @Test
  void leave_withoutPromises_leavesNothing() throws Exception {
    Server server = site.serving("a");
    server.life.leave(Outstanding.NONE);
    assertThat(site.etcd.keys()).isEmpty();
    assertThat(site.etcd.leases()).isZero();
  }

  /** A pulse is done, (good-bye: others wait for what was promised so far), its answer comes. */
  @Test
  void leave_whileAPulseIsOnItsWay_isNotRevokedByItsAnswer() throws Exception {
    Server server = site.serving("a");
    CompletableFuture<Void> left = new CompletableFuture<>();
    site.etcd.beforeAnswer(
        () -> {
          new Thread(
                  () -> {
                    try {
                      server.life.leave(Outstanding.SOME);
                      left.complete(null);
                    } catch (StoreException e) {
                      left.completeExceptionally(e);
                    }
                  })
              .start();
          await().until(() -> !server.holds());
        });
    Duration unused = server.beat();
    assertThat(server.holds()).isFalse();
    left.join();
    assertThat(server.holds()).isFalse();
  }

  @Test
  void start_beatsByItself_untilItIsClosed() {
    Server server = site.new Server("a");
    server.life.start();
    await().until(server::holds);
    server.life.close();
    assertThat(server.holds()).isFalse();
  }
}
