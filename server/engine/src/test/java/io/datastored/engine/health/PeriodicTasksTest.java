package io.datastored.engine.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.common.base.Ticker;
import com.google.common.util.concurrent.Uninterruptibles;
import io.datastored.engine.health.PeriodicTask.Need;
import io.datastored.testkit.LoggedLines;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A task goes on whatever it throws, and one that does not run is noticed. */
final class PeriodicTasksTest {

  private static final Duration OFTEN = Duration.ofMillis(1);

  private final Troubles troubles = new Troubles(InstantSource.system());
  private final LoggedLines lines = LoggedLines.of(Troubles.class);
  private final PeriodicTasks tasks =
      new PeriodicTasks(troubles, Ticker.systemTicker(), Duration.ofMillis(50));
  private final CountDownLatch answer = new CountDownLatch(1);
  private final AtomicInteger runs = new AtomicInteger();

  @AfterEach
  void close() {
    answer.countDown();
    tasks.close();
    lines.close();
  }

  @Test
  void step_throwsAnError_isRunAgain_andReportedOnce() {
    try (PeriodicTask task =
        tasks.start(
            "sweep",
            OFTEN,
            Need.TO_SERVE,
            () -> {
              if (runs.incrementAndGet() <= 5) {
                throw new NoClassDefFoundError("gone");
              }
            })) {
      await().until(() -> runs.get() > 6 && troubles.ofServer().isEmpty());
      assertThat(lines.messages().get(0)).contains("the sweep has failed").contains("gone");
      assertThat(lines.messages()).hasSize(2);
      assertThat(lines.traces()).containsExactly("gone");
      assertThat(task).hasToString("sweep");
    }
  }

  @Test
  void step_hangs_isATroubleAndUnhealthy_untilItRunsAgain() {
    AtomicInteger turns = new AtomicInteger();
    tasks.onTurn(turns::incrementAndGet);
    try (PeriodicTask unused =
        tasks.start(
            "sweep", OFTEN, Need.TO_SERVE, () -> Uninterruptibles.awaitUninterruptibly(answer))) {
      await().until(() -> !tasks.allRun());
      assertThat(troubles.ofServer(TroubleCause.TASK).orElseThrow().message())
          .contains("the sweep has not run for more than");
      answer.countDown();
      await().until(tasks::allRun);
      assertThat(troubles.ofServer()).isEmpty();
      assertThat(turns).hasValue(2);
    }
  }

  @Test
  void step_hangs_thatIsNotNeededToServe_isATroubleOnly() {
    try (PeriodicTask unused =
        tasks.start(
            "reload",
            OFTEN,
            Need.TO_BE_TOLD,
            () -> Uninterruptibles.awaitUninterruptibly(answer))) {
      await().until(() -> !troubles.ofServer().isEmpty());
      assertThat(tasks.allRun()).isTrue();
      answer.countDown();
    }
  }

  @Test
  void hungTask_holdsUpNoOther() {
    try (PeriodicTask unused =
            tasks.start(
                "hung", OFTEN, Need.TO_SERVE, () -> Uninterruptibles.awaitUninterruptibly(answer));
        PeriodicTask other = tasks.start("other", OFTEN, Need.TO_SERVE, runs::incrementAndGet)) {
      await().until(() -> runs.get() > 10);
      assertThat(other).hasToString("other");
      answer.countDown();
    }
  }

  @Test
  void wake_runsAtOnce() {
    try (PeriodicTask task =
        tasks.start("rare", Duration.ofDays(1), Need.TO_SERVE, runs::incrementAndGet)) {
      await().until(() -> runs.get() == 1);
      task.wake();
      await().until(() -> runs.get() == 2);
    }
  }
}
