package io.datastored.client.fake;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Manual time is a monotonic clock, a wall clock and a scheduler that only move when a test moves
 * them. Only one thread may move them, and tasks run on that thread; any thread may submit tasks.
 */
public final class ManualTime extends AbstractExecutorService
    implements ScheduledExecutorService, LongSupplier, InstantSource {

  private final class Task extends FutureTask<Object> implements ScheduledFuture<Object> {
    private final long at;
    private final long number;

    Task(Runnable task, long at) {
      super(task, null);
      this.at = at;
      this.number = made++;
    }

    @Override
    public long getDelay(TimeUnit unit) {
      return unit.convert(at - now, TimeUnit.NANOSECONDS);
    }

    @Override
    public int compareTo(Delayed other) {
      Task task = (Task) other;
      return at == task.at ? Long.compare(number, task.number) : Long.compare(at, task.at);
    }
  }

  private final PriorityQueue<Task> tasks = new PriorityQueue<>();
  private volatile long now = 1_000_000_000_000L;
  private volatile long lost;

  private Runnable onRead = () -> {};
  private Runnable onExecute = () -> {};
  private long made;

  /** Sets an action that runs before each read of the monotonic clock. */
  public void onRead(Runnable action) {
    onRead = action;
  }

  /** Sets an action that runs before each {@link #execute} accepts its task. */
  public void onExecute(Runnable action) {
    onExecute = action;
  }

  /** Moves both clocks forward; each task that becomes due runs at its time. */
  public void advance(Duration time) {
    long end = now + time.toNanos();
    run();
    for (Task task = due(end); task != null; task = due(end)) {
      now = Math.max(now, task.at);
      task.run();
    }
    now = end;
  }

  /**
   * Moves both clocks forward without running tasks, as if the process or its threads were paused.
   */
  public void stall(Duration time) {
    now += time.toNanos();
  }

  /** Moves only the wall clock, as if the machine was suspended or the clock was set. */
  public void moveWallClock(Duration time) {
    lost += time.toNanos();
  }

  /** Runs all tasks that are due. */
  public void run() {
    for (Task task = due(now); task != null; task = due(now)) {
      task.run();
    }
  }

  private synchronized Task due(long until) {
    return tasks.isEmpty() || tasks.peek().at > until ? null : tasks.remove();
  }

  @Override
  public long getAsLong() {
    onRead.run();
    return now;
  }

  @Override
  public Instant instant() {
    return Instant.EPOCH.plusNanos(now + lost);
  }

  @Override
  public synchronized void execute(Runnable task) {
    onExecute.run();
    tasks.add(new Task(task, now));
  }

  @Override
  public synchronized ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
    var scheduled = new Task(task, now + unit.toNanos(delay));
    tasks.add(scheduled);
    return scheduled;
  }

  @Override
  public <V> ScheduledFuture<V> schedule(Callable<V> task, long delay, TimeUnit unit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public ScheduledFuture<?> scheduleAtFixedRate(
      Runnable task, long first, long period, TimeUnit unit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public ScheduledFuture<?> scheduleWithFixedDelay(
      Runnable task, long first, long delay, TimeUnit unit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void shutdown() {}

  @Override
  public List<Runnable> shutdownNow() {
    return new ArrayList<>();
  }

  @Override
  public boolean isShutdown() {
    return false;
  }

  @Override
  public boolean isTerminated() {
    return false;
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) {
    return true;
  }
}
