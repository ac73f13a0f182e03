package io.datastored.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.access.Rights;
import io.datastored.testkit.ManualTicker;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

final class BoundedCheckTest {
  private static final CheckLimits LIMITS =
      new CheckLimits(Duration.ofMillis(50), Duration.ofSeconds(1));

  private final ManualTicker ticker = new ManualTicker();
  private int asked;

  private BoundedCheck check(Executor thread, Callable<Optional<String>> question) {
    return new BoundedCheck(
        "disk",
        "late",
        thread,
        () -> {
          asked++;
          return question.call();
        },
        LIMITS,
        ticker);
  }

  @Test
  void answer_isUsedAgainWhileItIsFresh() {
    BoundedCheck check = check(Runnable::run, Optional::empty);

    assertThat(check.fault(Rights.NONE)).isEmpty();
    assertThat(check.fault(Rights.NONE)).isEmpty();
    assertThat(asked).isEqualTo(1);
    ticker.advance(LIMITS.freshness());
    assertThat(check.fault(Rights.NONE)).isEmpty();
    assertThat(asked).isEqualTo(2);
  }

  @Test
  void exception_isTheFault() {
    BoundedCheck check =
        check(
            Runnable::run,
            () -> {
              throw new IllegalStateException("it is full");
            });

    assertThat(check.fault(Rights.NONE)).contains("it is full");
  }

  @Test
  void questionThatHangs_isLate_andIsNotAskedAgain() {
    Queue<Runnable> waiting = new ArrayDeque<>();
    BoundedCheck check = check(waiting::add, Optional::empty);

    assertThat(check.fault(Rights.NONE)).contains("late");
    ticker.advance(Duration.ofMinutes(1));
    assertThat(check.fault(Rights.NONE)).contains("late");
    assertThat(waiting).hasSize(1);
    waiting.remove().run();
    assertThat(check.fault(Rights.NONE)).as("asked again").contains("late");
    waiting.remove().run();
    assertThat(check.fault(Rights.NONE)).isEmpty();
  }

  @Test
  void rejectedQuestion_isLate() {
    BoundedCheck check =
        check(
            task -> {
              throw new RejectedExecutionException();
            },
            Optional::empty);

    assertThat(check.fault(Rights.NONE)).contains("late");
    assertThat(asked).isZero();
  }
}
