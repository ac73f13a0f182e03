package io.datastored.lease;

import static io.datastored.lease.LeaseFixture.ALPHA;
import static io.datastored.lease.LeaseFixture.MINUTE;
import static io.datastored.lease.LeaseFixture.ask;
import static io.datastored.lease.LeaseFixture.under;
import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.config.MaintenanceMode;
import io.datastored.file.BreakableDisk.Step;
import io.datastored.history.Revision;
import io.datastored.lease.KeepAliveOutcome.SessionRenewed;
import io.datastored.lease.LeaseOutcome.LeaseRefused.Reason;
import io.datastored.lease.SessionOutcome.SessionOpened;
import io.datastored.operation.Operation;
import io.datastored.operation.OperationCounts;
import io.datastored.promise.FencingToken;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens between two steps of a session's or a lease's life. */
final class SessionRaceTest {

  @TempDir Path directory;

  @Test
  void ask_sessionEndsMeanwhile_leavesNoLeaseBehind() throws Exception {
    LeaseFixture leases =
        new LeaseFixture(directory, LeaseFixture.exact(options -> options.tokenBlock = 2));
    leases.open("s");
    leases.disk.before(Step.RENAME, () -> leases.close("s"));
    assertThat(leases.refused(under("s", "a")).reason()).isEqualTo(Reason.SESSION_NOT_FOUND);
    assertThat(leases.counts(ALPHA)).isEqualTo(new OperationCounts(0, 0));
    assertThat(leases.counted.live()).isZero();
    assertThat(leases.room.remembered()).isZero();
  }

  @Test
  void ask_releasedWhileItIsReclaimed_isNotTakenOver() throws Exception {
    LeaseFixture before = new LeaseFixture(directory, LeaseFixture.EXACT);
    FencingToken token = before.granted(ask("a")).lease().token();
    LeaseFixture leases = new LeaseFixture(directory, LeaseFixture.EXACT);
    leases.disk.before(Step.RENAME, () -> leases.release("a"));
    LeaseRequest longer =
        ask(
            ALPHA,
            Operation.WRITE,
            Optional.of(MINUTE.multipliedBy(2)),
            Optional.of("a"),
            Optional.of(token));
    assertThat(leases.refused(longer).cause()).contains(EndCause.NOT_KNOWN);
    assertThat(leases.counts(ALPHA)).isEqualTo(new OperationCounts(0, 0));
    assertThat(leases.counted.live()).isZero();
  }

  @Test
  void open_modeSetWhileItIsOpened_isWaitedForByTheDrain() throws Exception {
    LeaseFixture leases = new LeaseFixture(directory, LeaseFixture.EXACT);
    Revision old = leases.engine.snapshot().revision();
    Revision mode = new Revision(old.incarnation(), old.generation().next());
    AtomicReference<Runnable> whileReading = new AtomicReference<>(() -> {});
    LeaseFixture.Sessions sessions =
        leases.sessionsOver(
            () -> {
              whileReading.get().run();
              return old;
            });
    List<LiveSession> waitedFor = new ArrayList<>();
    whileReading.set(() -> waitedFor.addAll(sessions.live().behind(mode)));
    SessionOutcome opened =
        sessions
            .table()
            .open(new SessionRequest(Optional.empty(), Holder.UNKNOWN, Optional.empty(), true));
    assertThat(((SessionOpened) opened).revision()).isEqualTo(old);
    assertThat(waitedFor).hasSize(1);
  }

  @Test
  void behind_sessionWhoseTimeIsOver_isEndedBeforeItIsLeftOut() throws Exception {
    LeaseFixture leases = new LeaseFixture(directory, LeaseFixture.EXACT);
    Session session = leases.openCaching("s").session();
    leases.granted(under("s", "a"));
    Revision mode = leases.setMode(ALPHA, MaintenanceMode.OFFLINE);
    long judged = session.term().deadline() - 1;
    leases.pass(Duration.ofSeconds(9));
    leases.ticker.advance(Duration.ofSeconds(1));
    assertThat(leases.live.behind(mode)).isEmpty();
    assertThat(session.renew(judged, 1_000)).as("told \"renewed\" after DRAINED").isFalse();
    assertThat(leases.counts(ALPHA)).isEqualTo(new OperationCounts(0, 0));
  }

  @Test
  void keepAlive_drainBeginsToWaitMeanwhile_keepsItForOneTtlFromThenAtMost() throws Exception {
    // Whichever reading of the clock the drain comes before.
    for (int reading = 1; reading <= 5; reading++) {
      LeaseFixture leases =
          new LeaseFixture(
              Files.createDirectory(directory.resolve("" + reading)), LeaseFixture.EXACT);
      Session session = leases.openCaching("s").session();
      leases.pass(Duration.ofSeconds(1));
      Revision mode = leases.setMode(ALPHA, MaintenanceMode.OFFLINE);
      leases.ticker.atReading(
          reading,
          () -> {
            assertThat(leases.live.behind(mode)).hasSize(1);
            leases.ticker.advance(Duration.ofMillis(100));
          });
      SessionRenewed renewed = leases.renewed("s");
      assertThat(renewed.ttl()).isLessThanOrEqualTo(Duration.ofSeconds(10));
      assertThat(session.timeLeft(session.openedAt())).isLessThanOrEqualTo(Duration.ofSeconds(11));
    }
  }

  @Test
  void forceEnd_othersLookMeanwhile_isCountedAllTheTime() throws Exception {
    LeaseFixture leases = new LeaseFixture(directory, LeaseFixture.EXACT);
    leases.open("s");
    AtomicInteger steps = new AtomicInteger(); // odd while a lease is held
    AtomicBoolean over = new AtomicBoolean();
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try {
      Future<Integer> missed =
          thread.submit(
              () -> {
                int looks = 0;
                while (!over.get()) {
                  int step = steps.get();
                  // As a drain does: what is live, then what was ended by force.
                  boolean counted =
                      leases.counted.live(ALPHA) > 0 || leases.counted.forced(ALPHA) > 0;
                  looks += step % 2 == 1 && step == steps.get() && !counted ? 1 : 0;
                }
                return looks;
              });
      for (int round = 0; round < 300; round++) {
        Lease unused = leases.granted(under("s", "a" + round)).lease();
        steps.incrementAndGet();
        assertThat(leases.forceEnd(ALPHA, MaintenanceMode.OFFLINE)).isEqualTo(1);
        steps.incrementAndGet();
        assertThat(leases.release("a" + round)).isFalse();
      }
      over.set(true);
      assertThat(missed.get()).isZero();
    } finally {
      over.set(true);
      thread.shutdownNow();
    }
    assertThat(leases.counted.forced(ALPHA)).isZero();
  }

  @Test
  void forceEnd_whileTheSessionIsRenewed_isToldOrCountedForTheLastPromise() throws Exception {
    LeaseFixture leases = new LeaseFixture(directory, LeaseFixture.EXACT);
    ExecutorService thread = Executors.newSingleThreadExecutor();
    CyclicBarrier both = new CyclicBarrier(2);
    SplittableRandom random = new SplittableRandom(1);
    try {
      for (int round = 0; round < 5_000; round++) {
        Session session = leases.open("s").session();
        Lease lease = leases.granted(under("s", "a")).lease();
        leases.ticker.advance(Duration.ofMillis(900));
        leases.room.sweep();
        Future<SessionRenewed> renewal =
            thread.submit(
                () -> {
                  both.await();
                  return leases.renewed("s");
                });
        both.await();
        for (int pause = random.nextInt(200); pause > 0; pause--) {
          Thread.onSpinWait();
        }
        assertThat(leases.forceEnd(ALPHA, MaintenanceMode.OFFLINE)).isEqualTo(1);
        boolean told = !renewal.get().endedLeases().isEmpty();
        long now = session.term().deadline() - Duration.ofSeconds(10).toNanos();
        assertThat(told || lease.timeLeft(now).equals(Duration.ofSeconds(10)))
            .as("renewed for longer than it is counted, and not told")
            .isTrue();
        assertThat(leases.close("s")).isTrue();
      }
    } finally {
      thread.shutdownNow();
    }
    assertThat(leases.counts(ALPHA)).isEqualTo(new OperationCounts(0, 0));
    assertThat(leases.counted.forced(ALPHA)).isZero();
  }
}
