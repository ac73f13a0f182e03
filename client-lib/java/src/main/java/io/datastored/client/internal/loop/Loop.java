package io.datastored.client.internal.loop;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A loop runs the tasks of one client one at a time, in order, on shared threads. Thread-safe.
 * State that is "confined to the loop" is accessed only by these tasks and needs no lock: each task
 * happens-before the next one.
 */
public final class Loop implements Executor {

  private static final Logger LOG = LoggerFactory.getLogger(Loop.class);

  /** Number of tasks that one client may run before another client has its turn. */
  private static final int TURN = 64;

  /** A timer is a task that runs later. Confined to the loop. */
  public static final class Timer {
    private boolean cancelled;
    private @Nullable ScheduledFuture<?> future;

    /** Cancels a timer, if there is one. */
    public static void cancel(@Nullable Timer timer) {
      if (timer != null) {
        timer.cancel();
      }
    }

    public void cancel() {
      cancelled = true;
      ScheduledFuture<?> pending = future;
      if (pending != null) {
        boolean unused = pending.cancel(false);
      }
    }
  }

  private final ScheduledExecutorService scheduler;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private volatile boolean stopped;

  public Loop(ScheduledExecutorService scheduler) {
    this.scheduler = scheduler;
  }

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
    // Add, then count: the thread that counts from zero submits, and the drain finds the task.
    if (waiting.getAndIncrement() == 0) {
      submit();
    }
  }

  /** Runs a task after a delay, unless its timer is cancelled first. */
  public Timer schedule(Duration delay, Runnable task) {
    var timer = new Timer();
    try {
      timer.future =
          scheduler.schedule(
              () ->
                  execute(
                      () -> {
                        if (!timer.cancelled) {
                          task.run();
                        }
                      }),
              Math.max(0, delay.toNanos()),
              TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      stop();
    }
    return timer;
  }

  /** Stops the loop: no further task is run. */
  public void stop() {
    stopped = true;
  }

  private void submit() {
    try {
      scheduler.execute(this::drain);
    } catch (RejectedExecutionException e) {
      stop();
    }
  }

  private void drain() {
    for (int i = 0; i < TURN; i++) {
      Runnable task = tasks.remove();
      if (!stopped) {
        run(task);
      }
      if (waiting.decrementAndGet() == 0) {
        return;
      }
    }
    submit();
  }

  private static void run(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException | Error e) {
      LOG.atError().setCause(e).log("a task of the client failed");
    }
  }
}
