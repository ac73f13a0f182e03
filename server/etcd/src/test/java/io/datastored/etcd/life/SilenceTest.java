package io.datastored.etcd.life;

import static io.datastored.etcd.life.LifeSite.AUTHORITY;
import static io.datastored.etcd.life.LifeSite.FIRST;
import static io.datastored.etcd.life.LifeSite.KEYS;
import static io.datastored.etcd.life.LifeSite.NANO;
import static io.datastored.etcd.life.LifeSite.WAIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.datastored.etcd.client.ModelEtcd.Fate;
import io.datastored.etcd.life.LifeSite.Server;
import io.datastored.etcd.life.Silence.Silent;
import io.datastored.file.StoreException;
import io.datastored.promise.LifeId;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When another life is known to be gone: by the clock of whoever waits, and never too early. */
final class SilenceTest {

  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration MINUTE_KEPT = Duration.ofMillis(61_100);

  private final LifeSite site = new LifeSite();
  private final Server waiter = site.serving("waiter");

  SilenceTest() throws IOException {}

  @AfterEach
  void close() {
    site.close();
  }

  /** A server is killed, and etcd ends its lease at once. */
  private LifeId killed(Server server) {
    LifeId life = server.id();
    server.life.close();
    site.etcd.end(site.presence(life).orElseThrow().lease());
    return life;
  }

  @Test
  void alive_isNotWaitedFor() {
    Server other = site.serving("other");
    Duration unused = waiter.beat();
    assertThat(waiter.life.silent()).isEmpty();
    unused = other.beat();
    assertThat(other.life.silent()).isEmpty();
  }

  @Test
  void dead_isWaitedFor_untilNothingItPromisedHolds_andNotShorter() {
    LifeId life = killed(site.serving("other"));
    Duration unused = waiter.beat();
    assertThat(waiter.life.silent()).containsExactly(new Silent(life, "other", Optional.of(WAIT)));
    site.passWith(waiter, WAIT.minus(NANO));
    unused = waiter.beat();
    assertThat(waiter.life.silent()).extracting(Silent::left).containsExactly(Optional.of(NANO));
    assertThat(site.record(life)).isPresent();
    site.pass(NANO.multipliedBy(2));
    assertThat(waiter.life.silent())
        .as("over, and not told yet")
        .extracting(Silent::left)
        .containsExactly(Optional.of(Duration.ZERO));
    unused = waiter.beat();
    assertThat(site.record(life)).isEmpty();
    unused = waiter.beat();
    assertThat(waiter.life.silent()).isEmpty();
  }

  /** Pulses and deletions need no space, so a drain does not wait for the dead for ever. */
  @Test
  void dead_whileEtcdHasNoSpace_isWaitedForNoLonger() {
    LifeId life = killed(site.serving("other"));
    site.etcd.cycle(Fate.FULL);
    assertThatThrownBy(() -> waiter.life.acknowledge(LifeSite.SECOND))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("space");
    assertThat(waiter.beat()).as("etcd answers").isEqualTo(LifeSite.PULSE);
    site.passWith(waiter, WAIT);
    Duration unused = waiter.beat();
    assertThat(site.record(life)).isEmpty();
    assertThat(waiter.holds()).isTrue();
    assertThat(site.presence(waiter.id()).orElseThrow().text()).contains("applied " + FIRST);
    site.etcd.cycle(Fate.ANSWERED);
    unused = waiter.beat();
    assertThat(site.presence(waiter.id()).orElseThrow().text())
        .contains("applied " + LifeSite.SECOND);
  }

  @Test
  void dead_withPromises_isWaitedForAsLongAsTheLongest() throws Exception {
    Server other = site.serving("other");
    other.life.promise(MINUTE);
    LifeId life = killed(other);
    Duration unused = waiter.beat();
    assertThat(waiter.life.silent())
        .extracting(Silent::left)
        .containsExactly(Optional.of(WAIT.plus(MINUTE_KEPT)));
    site.passWith(waiter, WAIT.plus(MINUTE_KEPT).minus(NANO));
    unused = waiter.beat();
    assertThat(site.record(life)).isPresent();
    site.pass(NANO);
    unused = waiter.beat();
    assertThat(site.record(life)).isEmpty();
  }

  /** The last promise is made at the last moment of the authority, by the last pulse. */
  @Test
  void wait_coversThePromiseMadeAtTheLastMoment() throws Exception {
    Server other = site.serving("other");
    other.life.promise(MINUTE);
    Duration unused = other.beat();
    // Etcd ends its lease right after the pulse, and the waiter sees that at once.
    LifeId life = other.id();
    site.etcd.end(other.lease());
    unused = waiter.beat();
    Duration promisedAt = AUTHORITY.minus(NANO);
    site.passWith(waiter, promisedAt);
    assertThat(other.holds()).isTrue();
    site.passWith(waiter, MINUTE_KEPT);
    unused = waiter.beat();
    assertThat(site.record(life)).as("somebody may still count on the promise").isPresent();
  }

  @Test
  void wait_beginsWithTheAnswer_notWithTheQuestion() {
    LifeId life = killed(site.serving("other"));
    site.etcd.beforeAnswer(() -> site.pass(Duration.ofSeconds(9)));
    Duration unused = waiter.beat();
    site.pass(WAIT.minus(NANO));
    unused = waiter.beat();
    assertThat(site.record(life)).isPresent();
  }

  @Test
  void wait_isByMonotonicTime_whateverTheWallClockSays() {
    LifeId life = killed(site.serving("other"));
    Duration unused = waiter.beat();
    site.wallAhead = Duration.ofHours(1);
    unused = waiter.beat();
    assertThat(site.record(life)).isPresent();
    site.wallAhead = Duration.ofHours(-1);
    site.passWith(waiter, WAIT);
    unused = waiter.beat();
    assertThat(site.record(life)).isEmpty();
  }

  @Test
  void wait_interruptedUnseen_endsNothing() {
    Server other = site.serving("other");
    LifeId life = other.id();
    site.etcd.end(other.lease());
    Duration unused = waiter.beat();
    site.passWith(waiter, WAIT.minus(Duration.ofSeconds(1)));
    // It comes back, promises something, and is lost again, all between two looks.
    assertThat(other.beat()).isZero();
    unused = other.beat();
    assertThat(other.holds()).isTrue();
    site.etcd.end(other.lease());
    site.pass(Duration.ofSeconds(1));
    unused = waiter.beat();
    assertThat(site.record(life)).isPresent();
    assertThat(waiter.life.silent())
        .as("waited for anew")
        .containsExactly(new Silent(life, "other", Optional.of(WAIT)));
  }

  @Test
  void wait_interruptedAfterTheLook_endsNothing() {
    Server other = site.serving("other");
    LifeId life = other.id();
    site.etcd.end(other.lease());
    Duration unused = waiter.beat();
    site.passWith(waiter, WAIT);
    // The look finds it silent; before the record is deleted, it is back, and lost again.
    site.etcd.beforeAnswer(
        () -> {
          Duration back = other.beat();
          assertThat(back).isZero();
          back = other.beat();
          assertThat(other.life.authority().life()).contains(life);
          site.etcd.end(other.lease());
        });
    unused = waiter.beat();
    assertThat(site.record(life)).as("it has authority").isPresent();
  }

  @Test
  void back_isNotWaitedForAnyMore() {
    Server other = site.serving("other");
    site.etcd.end(other.lease());
    Duration unused = waiter.beat();
    assertThat(waiter.life.silent()).hasSize(1);
    unused = other.beat();
    unused = waiter.beat();
    assertThat(waiter.life.silent()).isEmpty();
  }

  @Test
  void left_isWaitedForAsLongAsItsPromisesLast() throws Exception {
    Server other = site.serving("other");
    LifeId life = other.id();
    other.life.promise(MINUTE);
    other.life.leave(Outstanding.SOME);
    Duration unused = waiter.beat();
    assertThat(waiter.life.silent())
        .containsExactly(new Silent(life, "other", Optional.of(MINUTE_KEPT)));
    site.passWith(waiter, MINUTE_KEPT);
    unused = waiter.beat();
    assertThat(site.record(life)).isEmpty();
  }

  @Test
  void restarted_isAnotherLife_andTheOldOneIsWaitedFor() {
    LifeId old = killed(site.serving("other"));
    Server again = site.serving("other");
    assertThat(again.id()).isNotEqualTo(old);
    assertThat(again.life.silent()).extracting(Silent::life).containsExactly(old);
    site.passWith(again, WAIT);
    Duration unused = again.beat();
    assertThat(site.record(old)).isEmpty();
    assertThat(site.record(again.id())).isPresent();
  }

  @Test
  void waiters_endTheSameWaitOnce() {
    Server second = site.serving("second");
    LifeId life = killed(site.serving("other"));
    Duration unused = waiter.beat();
    unused = second.beat();
    site.pass(WAIT);
    unused = waiter.beat();
    long revision = site.etcd.revision();
    assertThat(site.record(life)).isEmpty();
    unused = second.beat();
    assertThat(second.life.silent()).isEmpty();
    assertThat(site.etcd.revision()).isEqualTo(revision);
  }

  @Test
  void record_thatCannotBeRead_isWaitedForUntilAnOperatorDecides() {
    LifeId strange = new LifeId("strange");
    site.etcd.put(KEYS.record(strange), "replica x\nauthority soon\n");
    Duration unused = waiter.beat();
    site.pass(Duration.ofDays(1));
    unused = waiter.beat();
    assertThat(waiter.life.silent())
        .containsExactly(new Silent(strange, "unknown", Optional.empty()));
    assertThat(site.record(waiter.id())).isPresent();
    assertThat(site.etcd.get(KEYS.record(strange))).isPresent();
    site.etcd.delete(KEYS.record(strange));
    unused = waiter.beat();
    assertThat(waiter.life.silent()).isEmpty();
  }
}
