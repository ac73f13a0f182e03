package io.datastored.engine.health;

import com.google.common.util.concurrent.Uninterruptibles;
import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * A periodic task is a step that runs repeatedly on its own thread. Thread-safe; the step is
 * confined to that thread. Whatever the step throws, it runs again in the next period; a failure is
 * reported once, and so is the recovery.
 */
public final class PeriodicTask implements AutoCloseable {

  /** The work of one run. */
  @FunctionalInterface
  public interface Step {
    void run() throws Exception;
  }

  /** Whether a server may report itself healthy while the task does not run. */
  public enum Need {
    /** No: what it promises depends on the task. */
    TO_SERVE,
    /** Yes: the stall is only reported to operators. */
    TO_BE_TOLD
  }

  /** The definition of a task. Immutable. */
  record Plan(String name, Duration period, Duration stalledAfter, Need need, Step step) {}

  private final Plan plan;
  private final PeriodicTasks tasks;
  private final AtomicBoolean signalled = new AtomicBoolean();
  private final Thread thread;
  private volatile boolean running = true;
  private volatile long lastRun;

  PeriodicTask(Plan plan, PeriodicTasks tasks, ThreadFactory threads) {
    this.plan = plan;
    this.tasks = tasks;
    this.lastRun = tasks.now();
    this.thread = threads.newThread(this::run);
    thread.setName("datastored-" + plan.name().replace(' ', '-'));
  }

  void start() {
    thread.start();
  }

  /** Runs the step soon, without waiting for the period. */
  public void wake() {
    signalled.set(true);
    LockSupport.unpark(thread);
  }

  private void run() {
    while (running) {
      long next = tasks.now() + plan.period().toNanos();
      try {
        plan.step().run();
        tasks.succeeded(plan);
      } catch (Throwable thrown) {
        // Also an Error: if the thread ended here, the failure would stay unnoticed.
        if (running) {
          tasks.failed(plan, thrown);
        }
      }
      lastRun = tasks.now();
      pause(next);
    }
  }

  private void pause(long until) {
    long left = until - tasks.now();
    while (running && left > 0 && !signalled.getAndSet(false)) {
      LockSupport.parkNanos(this, left);
      boolean unused = Thread.interrupted();
      left = until - tasks.now();
    }
  }

  Plan plan() {
    return plan;
  }

  /** Whether a step has been running for too long, or the thread has died. */
  boolean stalled() {
    return running && tasks.now() - lastRun >= plan.stalledAfter().toNanos();
  }

  /** The stack trace of its thread, for the log. */
  StackTraceElement[] where() {
    return thread.getStackTrace();
  }

  /** Stops the task, and waits until the present step has ended. Idempotent. */
  @Override
  public void close() {
    closeWithin(Duration.ofDays(1));
  }

  /**
   * Like {@link #close}, but abandons a step that hangs: its daemon thread does not keep the
   * process alive.
   */
  public void closeWithin(Duration most) {
    running = false;
    tasks.forget(this);
    LockSupport.unpark(thread);
    if (Thread.currentThread() != thread && thread.getState() != Thread.State.NEW) {
      Uninterruptibles.joinUninterruptibly(thread, most);
    }
  }

  @Override
  public String toString() {
    return plan.name();
  }
}
