package io.datastored.mount;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A lane is the bulkhead of one base path: its calls, in order. Thread-safe: guarded by the lock of
 * {@link Bulkheads}, except the volatile fields, which are written under it.
 */
final class Lane implements Bulkhead {

  /**
   * A caller that is answered within this does not count towards {@link BulkheadLimits#callers}.
   */
  private static final Duration MOMENT = Duration.ofMillis(50);

  private final Path basePath;
  private final Bulkheads all;

  @GuardedBy("all.lock")
  private final Queue<Runnable> calls = new ArrayDeque<>();

  /** When the oldest unfinished call was queued or started. */
  private volatile long begunAt;

  private volatile Instant begun = Instant.EPOCH;
  private volatile boolean inUse;
  private volatile boolean running;

  Lane(Path basePath, Bulkheads all) {
    this.basePath = basePath;
    this.all = all;
  }

  Path basePath() {
    return basePath;
  }

  @Override
  public void execute(Runnable call) {
    all.lockSoon();
    try {
      calls.add(call);
      if (!inUse) {
        since();
        inUse = true;
      }
      all.called(this);
    } finally {
      all.lock.unlock();
    }
  }

  @GuardedBy("all.lock")
  private void since() {
    begunAt = all.ticker.read();
    begun = all.clock.instant();
  }

  /** Takes the next call, which starts now. */
  Runnable begin() {
    all.lock.lock();
    try {
      since();
      running = true;
      return calls.remove();
    } finally {
      all.lock.unlock();
    }
  }

  /**
   * Ends the current call.
   *
   * @return whether there are more
   */
  boolean end() {
    all.lock.lock();
    try {
      running = false;
      since();
      inUse = !calls.isEmpty();
      return inUse;
    } finally {
      all.lock.unlock();
    }
  }

  @Override
  public boolean await(Future<?> result) {
    if (result.isDone()) {
      return true;
    }
    if (hang().isPresent()) {
      return false;
    }
    if (BriefSpin.until(result::isDone)) {
      return true;
    }
    Duration moment = all.limits.patience().compareTo(MOMENT) < 0 ? all.limits.patience() : MOMENT;
    if (await(result, moment)) {
      return true;
    }
    boolean answered = false;
    if (all.callers.tryAcquire()) {
      try {
        answered = await(result, all.limits.patience().minus(moment));
      } finally {
        all.callers.release();
      }
    }
    if (!answered) {
      all.look();
    }
    return answered;
  }

  private static boolean await(Future<?> result, Duration most) {
    try {
      Object unused = result.get(most.toNanos(), TimeUnit.NANOSECONDS);
      return true;
    } catch (ExecutionException | CancellationException e) {
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Override
  public Optional<Hang> hang() {
    // Read `inUse` last: if it were read first, the start of a call that has ended in between could
    // be taken for that of a hanging one.
    long at = begunAt;
    Instant since = begun;
    boolean onThread = running;
    if (!inUse || all.ticker.read() - at < all.limits.patience().toNanos()) {
      return Optional.empty();
    }
    return Optional.of(
        new Hang(
            onThread ? "the file system of " + basePath + " does not answer" : notAsked(), since));
  }

  private String notAsked() {
    return "the file system of " + basePath + " cannot be asked, because " + all.whyNoThread();
  }

  @Override
  public String toString() {
    return "bulkhead of " + basePath;
  }
}
