package io.datastored.etcd.life;

import static io.datastored.etcd.life.LifeSite.KEYS;
import static io.datastored.etcd.life.LifeSite.SECOND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.google.common.collect.ImmutableSet;
import com.google.common.util.concurrent.Uninterruptibles;
import io.datastored.config.DatastoreName;
import io.datastored.etcd.client.Compare;
import io.datastored.etcd.client.ModelEtcd.Fate;
import io.datastored.etcd.life.LifeSite.Server;
import io.datastored.file.StoreException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The order of the writes of one life: work, acknowledgements, take-overs and asks. */
final class LifeWriterTest {

  private static final DatastoreName ALPHA = DatastoreName.of("alpha");

  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration MINUTE_KEPT = Duration.ofMillis(61_100);
  private static final Duration SECOND_TTL = Duration.ofSeconds(1);
  private static final Duration SECOND_KEPT = Duration.ofMillis(1_510);

  private final LifeSite site = new LifeSite();
  private final Server server = site.serving("a");

  LifeWriterTest() throws IOException {}

  @AfterEach
  void close() {
    site.close();
  }

  private static DatastoreName name(int i) {
    return DatastoreName.of("store" + i);
  }

  private String work(DatastoreName name) {
    return site.etcd.get(KEYS.work(name, server.id())).map(found -> found.text()).orElse("nothing");
  }

  private String presence() {
    return site.presence(server.id()).orElseThrow().text();
  }

  private long keysOfWork() {
    return site.etcd.keys().stream().filter(key -> key.startsWith(KEYS.allWork())).count();
  }

  private boolean takeOver() throws StoreException {
    return server.life.announcements().takeOver(List.of(Compare.absent("/datastored/test/floor")));
  }

  @Test
  void acknowledge_hasItsWorkInTheSameTransaction() throws Exception {
    server.counts(ALPHA, 2, 3);
    server.life.acknowledge(SECOND);
    assertThat(work(ALPHA)).isEqualTo("since 2\nread 0\nwrite 3\nopen 0\nsessions 0\n");
    assertThat(presence()).contains("applied 00000000000000a2 2");
    assertThat(site.etcd.get(KEYS.work(ALPHA, server.id())).orElseThrow().modRevision())
        .isEqualTo(site.presence(server.id()).orElseThrow().modRevision());
    assertThat(site.etcd.get(KEYS.work(ALPHA, server.id())).orElseThrow().lease())
        .as("ends with the presence")
        .isEqualTo(server.lease());
  }

  /** More than one transaction takes: the acknowledgement is in the last one. */
  @Test
  void acknowledge_muchWork_isSaidOnlyWhenAllOfItIsThere() throws Exception {
    for (int i = 0; i < 250; i++) {
      server.counts(name(i), 2, 1);
    }
    site.etcd.fates(Fate.ANSWERED, Fate.ANSWERED, Fate.LOST, Fate.LOST, Fate.LOST, Fate.LOST);
    assertThatThrownBy(() -> server.life.acknowledge(SECOND)).isInstanceOf(StoreException.class);
    assertThat(keysOfWork()).isEqualTo(200);
    assertThat(presence()).as("a drain must not end without the others").contains("a1 1");
    Duration unused = server.beat();
    assertThat(keysOfWork()).isEqualTo(250);
    assertThat(presence()).contains("applied 00000000000000a2 2");
  }

  @Test
  void publish_lastWorkHasEnded_deletesItsKey() throws Exception {
    server.counts(ALPHA, 2, 3);
    server.life.acknowledge(SECOND);
    server.work.clear();
    server.life.announcements().publish();
    assertThat(work(ALPHA)).isEqualTo("nothing");
    assertThat(presence()).contains("applied 00000000000000a2 2");
  }

  @Test
  void publish_lessWork_isWrittenOnlyWhileSomebodyAsks() throws Exception {
    server.counts(ALPHA, 2, 3);
    server.life.acknowledge(SECOND);
    server.counts(ALPHA, 2, 2);
    long before = site.etcd.revision();
    server.life.announcements().publish();
    assertThat(site.etcd.revision()).isEqualTo(before);
    server.asked.add(ALPHA);
    server.life.announcements().publish();
    assertThat(work(ALPHA)).contains("write 2");
  }

  @Test
  void publish_workUnderAnotherMode_isWritten() throws Exception {
    server.counts(ALPHA, 2, 3);
    server.life.acknowledge(SECOND);
    server.counts(ALPHA, 3, 3);
    server.life.announcements().publish();
    assertThat(work(ALPHA)).contains("since 3");
  }

  @Test
  void publish_unanswered_isDoneByTheNextBeat() throws Exception {
    server.counts(ALPHA, 2, 3);
    server.life.acknowledge(SECOND);
    server.work.clear();
    site.etcd.fates(Fate.LOST, Fate.LOST, Fate.LOST, Fate.LOST);
    assertThatThrownBy(() -> server.life.announcements().publish())
        .isInstanceOf(StoreException.class);
    Duration unused = server.beat();
    assertThat(work(ALPHA)).isEqualTo("nothing");
  }

  @Test
  void presence_lost_comesBackWithAllWork() throws Exception {
    for (int i = 0; i < 250; i++) {
      server.counts(name(i), 2, 1);
    }
    server.life.acknowledge(SECOND);
    site.etcd.end(server.lease());
    assertThat(keysOfWork()).isZero();
    // The first one finds out, the second one has a lease that has ended.
    site.etcd.fates(
        Fate.ANSWERED, Fate.ANSWERED, Fate.ANSWERED, Fate.LOST, Fate.LOST, Fate.LOST, Fate.LOST);
    Duration unused = server.beat();
    assertThat(site.etcd.get(KEYS.presence(server.id())))
        .as("not before all work is there again")
        .isEmpty();
    unused = server.beat();
    assertThat(keysOfWork()).isEqualTo(250);
    assertThat(presence()).contains("applied 00000000000000a2 2");
  }

  @Test
  void presence_deletedByHand_workThatEndedMeanwhileIsDeleted() throws Exception {
    server.counts(ALPHA, 2, 3);
    server.life.acknowledge(SECOND);
    site.etcd.delete(KEYS.presence(server.id()));
    server.work.clear();
    assertThatThrownBy(() -> server.life.announcements().publish())
        .isInstanceOf(StoreException.class);
    Duration unused = server.beat();
    unused = server.beat();
    assertThat(work(ALPHA)).isEqualTo("nothing");
    assertThat(presence()).contains("applied 00000000000000a2 2");
  }

  @Test
  void takeOver_held_isWork_untilItIsCountedAndHasEnded() throws Exception {
    server.life.announcements().work().hold(ALPHA);
    assertThat(takeOver()).isTrue();
    assertThat(work(ALPHA)).contains("since 0");
    server.counts(ALPHA, 2, 1);
    server.life.announcements().work().release(ALPHA);
    server.life.announcements().publish();
    assertThat(work(ALPHA)).contains("since 2");
    server.work.clear();
    server.life.announcements().publish();
    assertThat(work(ALPHA)).isEqualTo("nothing");
  }

  /** The counters are zero, (a take-over is announced), and the key of the work is deleted. */
  @Test
  void takeOver_notCountedYet_isNotWipedByTheCountersOfBefore() throws Exception {
    server.life.announcements().work().hold(ALPHA);
    assertThat(takeOver()).isTrue();
    server.life.announcements().publish();
    assertThat(work(ALPHA)).as("no drain may end").isNotEqualTo("nothing");
    server.life.acknowledge(SECOND);
    assertThat(work(ALPHA)).as("no drain may end").isNotEqualTo("nothing");
  }

  /** The counters are read, (the lease is counted and released), and the take-overs are read. */
  @Test
  void takeOver_countedWhileTheWorkIsCounted_isSeenEitherWay() throws Exception {
    server.life.announcements().work().hold(ALPHA);
    assertThat(takeOver()).isTrue();
    server.whenCounted =
        () -> {
          server.counts(ALPHA, 2, 1);
          server.life.announcements().work().release(ALPHA);
        };
    server.life.announcements().publish();
    assertThat(work(ALPHA)).isNotEqualTo("nothing");
  }

  /** A deletion that is late would wipe what a take-over has announced since. */
  @Test
  void takeOver_deletionBeforeItIsLate_isNotWiped() throws Exception {
    server.counts(ALPHA, 2, 1);
    server.life.acknowledge(SECOND);
    server.work.clear();
    site.etcd.fates(Fate.HELD_BACK, Fate.LOST, Fate.LOST, Fate.LOST);
    assertThatThrownBy(() -> server.life.announcements().publish())
        .isInstanceOf(StoreException.class);
    server.life.announcements().work().hold(ALPHA);
    assertThat(takeOver()).isTrue();
    assertThat(site.etcd.doLate()).as("of the late ones, done").isZero();
    assertThat(work(ALPHA)).isNotEqualTo("nothing");
  }

  @Test
  void takeOver_answerLost_isDoneOnce() throws Exception {
    server.life.announcements().work().hold(ALPHA);
    site.etcd.fates(Fate.DONE_UNANSWERED);
    assertThat(takeOver()).isTrue();
    assertThat(work(ALPHA)).isNotEqualTo("nothing");
  }

  @Test
  void takeOver_conditionDoesNotHold_isRefused_andNothingIsWritten() throws Exception {
    site.etcd.put("/datastored/test/floor", "raised");
    server.life.announcements().work().hold(ALPHA);
    assertThat(takeOver()).isFalse();
    assertThat(keysOfWork()).isZero();
    server.life.announcements().work().release(ALPHA);
    Duration unused = server.beat();
    assertThat(keysOfWork()).isZero();
  }

  /** The first copy is done, (a force raises the floor), and the second one is refused. */
  @Test
  void takeOver_doneThenRefused_leavesNoKeyBehind() throws Exception {
    server.life.announcements().work().hold(ALPHA);
    site.etcd.fates(Fate.HELD_BACK, Fate.HELD_BACK, Fate.HELD_BACK, Fate.HELD_BACK);
    assertThatThrownBy(this::takeOver).isInstanceOf(StoreException.class);
    assertThat(site.etcd.doLate()).isEqualTo(1);
    assertThat(keysOfWork()).isEqualTo(1);
    site.etcd.put("/datastored/test/floor", "raised");
    assertThat(takeOver()).isFalse();
    server.life.announcements().work().release(ALPHA);
    server.life.announcements().publish();
    assertThat(keysOfWork()).isZero();
  }

  @Test
  void takeOver_presenceIsGone_fails() {
    site.etcd.delete(KEYS.presence(server.id()));
    server.life.announcements().work().hold(ALPHA);
    assertThatThrownBy(this::takeOver).isInstanceOf(StoreException.class);
    assertThat(keysOfWork()).isZero();
  }

  @Test
  void ask_isThereUntilNobodyWaits() throws Exception {
    server.life.announcements().ask(() -> ImmutableSet.of(ALPHA, name(1)));
    assertThat(site.etcd.keys())
        .contains(KEYS.ask(ALPHA, server.id()), KEYS.ask(name(1), server.id()));
    server.life.announcements().ask(() -> ImmutableSet.of(ALPHA));
    assertThat(site.etcd.keys())
        .contains(KEYS.ask(ALPHA, server.id()))
        .doesNotContain(KEYS.ask(name(1), server.id()));
  }

  @Test
  void leave_takesWorkAndAsksAlong() throws Exception {
    server.counts(ALPHA, 2, 1);
    server.life.acknowledge(SECOND);
    server.life.announcements().ask(() -> ImmutableSet.of(ALPHA));
    server.life.promise(Duration.ofMinutes(1));
    server.life.leave(Outstanding.SOME);
    assertThat(site.etcd.keys()).as("only the record").hasSize(1);
  }

  @Test
  void close_nothingIsWrittenAnyMore() throws Exception {
    server.counts(ALPHA, 2, 1);
    server.life.acknowledge(SECOND);
    server.life.close();
    server.work.clear();
    server.life.announcements().publish();
    assertThatThrownBy(() -> server.life.acknowledge(SECOND)).isInstanceOf(StoreException.class);
    assertThat(keysOfWork()).as("what was counted is waited for").isEqualTo(1);
  }

  /** A server loads what it serves, while a commit after that is acknowledged already. */
  @Test
  void acknowledge_anEarlierCommitAfterALaterOne_changesNothing() throws Exception {
    server.life.acknowledge(SECOND);
    server.life.acknowledge(LifeSite.FIRST);
    assertThat(site.presence(server.id()).orElseThrow().text())
        .contains("applied 00000000000000a2 2");
  }

  /** Renewals are checked on threads that must not block. */
  @Test
  void promise_thatIsAnnouncedAlready_waitsForNoWrite() throws Exception {
    server.life.promise(Duration.ofMinutes(1));
    var answered = new CountDownLatch(1);
    site.etcd.beforeAnswer(() -> Uninterruptibles.awaitUninterruptibly(answered));
    var writing = CompletableFuture.runAsync(() -> acknowledged(SECOND));
    await().until(() -> site.presence(server.id()).orElseThrow().text().contains("a2 2"));
    assertTimeoutPreemptively(
        Duration.ofSeconds(10), () -> server.life.promise(Duration.ofMinutes(1)));
    answered.countDown();
    writing.join();
  }

  private void acknowledged(Applied commit) {
    try {
      server.life.acknowledge(commit);
    } catch (StoreException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void over_nothingOfItsWorkIsInTheNextLife() throws Exception {
    server.counts(ALPHA, 2, 1);
    server.life.acknowledge(SECOND);
    site.etcd.delete(KEYS.record(server.id()));
    Duration unused = server.beat();
    unused = server.beat();
    server.beatUntilServing();
    assertThat(keysOfWork()).isZero();
  }

  @Test
  void settle_nothingIsAllowedFromThenOn_evenIfItFails() throws Exception {
    Duration minute = Duration.ofMinutes(1);
    server.life.promise(minute);
    site.etcd.fates(Fate.LOST, Fate.LOST, Fate.LOST, Fate.LOST);
    assertThatThrownBy(() -> server.life.announcements().settle())
        .isInstanceOf(StoreException.class);
    assertThat(server.life.allows(Duration.ZERO)).isFalse();
    server.life.announcements().settle();
    assertThat(site.record(server.id()).orElseThrow().longest()).isZero();
    server.life.promise(minute);
    assertThat(server.life.allows(minute)).isTrue();
  }

  @Test
  void shrink_longestPromiseIsOver_othersWaitForTheNextOne() throws Exception {
    server.life.promise(MINUTE);
    long before = site.etcd.revision();
    server.life.announcements().shrink(() -> MINUTE_KEPT);
    assertThat(site.etcd.revision()).as("it is still out").isEqualTo(before);
    server.life.announcements().shrink(() -> SECOND_KEPT);
    assertThat(site.record(server.id()).orElseThrow().longest()).isEqualTo(SECOND_KEPT);
    assertThat(server.life.allows(SECOND_TTL)).isTrue();
    assertThat(server.life.allows(MINUTE)).isFalse();
    server.life.promise(MINUTE);
    assertThat(site.record(server.id()).orElseThrow().longest()).isEqualTo(MINUTE_KEPT);
  }

  /** A long promise is allowed | what is out is looked at | it is registered, and looks again. */
  @Test
  void shrink_allowsLess_beforeItLooksAtWhatIsOut() throws Exception {
    server.life.promise(MINUTE);
    List<Boolean> allowed = new ArrayList<>();
    server
        .life
        .announcements()
        .shrink(
            () -> {
              allowed.add(server.life.allows(MINUTE));
              return SECOND_KEPT;
            });
    assertThat(allowed).last().isEqualTo(false);
  }

  /** The same, and it was registered before that look, and after the first one. */
  @Test
  void shrink_aPromiseIsRegisteredMeanwhile_isInTheRecord() throws Exception {
    server.life.promise(MINUTE);
    Iterator<Duration> looks = List.of(SECOND_KEPT, SECOND_KEPT, MINUTE_KEPT).iterator();
    server.life.announcements().shrink(looks::next);
    assertThat(site.record(server.id()).orElseThrow().longest()).isEqualTo(MINUTE_KEPT);
  }

  @Test
  void shrink_unanswered_allowsNothingLongerUntilItIsAnnouncedAgain() throws Exception {
    server.life.promise(MINUTE);
    site.etcd.fates(Fate.DONE_UNANSWERED, Fate.LOST, Fate.LOST, Fate.LOST);
    assertThatThrownBy(() -> server.life.announcements().shrink(() -> SECOND_KEPT))
        .isInstanceOf(StoreException.class);
    assertThat(server.life.allows(MINUTE)).isFalse();
    server.life.promise(MINUTE);
    assertThat(site.record(server.id()).orElseThrow().longest()).isEqualTo(MINUTE_KEPT);
    assertThat(server.life.allows(MINUTE)).isTrue();
  }
}
