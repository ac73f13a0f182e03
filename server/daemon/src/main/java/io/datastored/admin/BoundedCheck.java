package io.datastored.admin;

import com.google.common.base.Ticker;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.datastored.access.Rights;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A bounded check asks something that may hang, on another thread and for a limited time.
 * Thread-safe under its own lock, which is not held while it waits. It has at most one run in
 * progress: however often probes come, a run that hangs holds one thread, and while it does they
 * are answered at once.
 */
final class BoundedCheck implements ReadinessCheck {

  /** A run is one try to get an answer. Immutable but for its result. */
  private record Run(long begun, CompletableFuture<Optional<String>> result) {}

  private final String name;
  private final String late;
  private final Executor thread;
  private final Callable<Optional<String>> question;
  private final CheckLimits limits;
  private final Ticker ticker;

  @GuardedBy("this")
  private @Nullable Run last;

  /** Whether the last run that has ended had a fault. */
  private volatile boolean failed;

  /**
   * @param late the fault when there is no answer in time, also when no thread takes the question
   * @param thread runs the question; may reject it
   * @param question answers with the fault; what it throws is one too
   */
  public BoundedCheck(
      String name,
      String late,
      Executor thread,
      Callable<Optional<String>> question,
      CheckLimits limits,
      Ticker ticker) {
    this.name = name;
    this.late = late;
    this.thread = thread;
    this.question = question;
    this.limits = limits;
    this.ticker = ticker;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Optional<String> fault(Rights rights) {
    Run run = run();
    long left = limits.patience().toNanos() - (ticker.read() - run.begun());
    try {
      return run.result().get(Math.max(0, left), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return Optional.of(late);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      return Optional.of(
          cause == null || cause.getMessage() == null ? e.toString() : cause.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of("the server is stopping");
    }
  }

  @Override
  public boolean isFailing() {
    Run run = run();
    if (!run.result().isDone() && ticker.read() - run.begun() < limits.patience().toNanos()) {
      return failed;
    }
    return isFault(run.result());
  }

  /** Whether there is a fault; that there is no answer is one too. */
  private static boolean isFault(CompletableFuture<Optional<String>> result) {
    return result.isCompletedExceptionally() || result.getNow(Optional.of("none")).isPresent();
  }

  private synchronized Run run() {
    long now = ticker.read();
    Run known = last;
    if (known != null
        && (!known.result().isDone() || now - known.begun() < limits.freshness().toNanos())) {
      return known;
    }
    var begun = new Run(now, new CompletableFuture<>());
    last = begun;
    try {
      thread.execute(() -> ask(begun.result()));
    } catch (RejectedExecutionException e) {
      begun.result().complete(Optional.of(late));
    }
    return begun;
  }

  private void ask(CompletableFuture<Optional<String>> result) {
    try {
      result.complete(question.call());
    } catch (Throwable e) {
      result.completeExceptionally(e);
    }
    failed = isFault(result);
  }
}
