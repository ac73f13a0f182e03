package io.datastored.engine.health;

import com.google.common.base.Ticker;
import com.google.common.collect.ImmutableList;
import com.google.common.util.concurrent.ThreadFactoryBuilder;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The periodic tasks are the tasks of one engine and of the server around it, with a watchdog that
 * detects a stalled one. Thread-safe.
 *
 * <p>A task that has not run for three periods is a trouble (but at least {@link #LEAST}, so that a
 * pause of the whole process is not taken for a stalled task). A task that is needed to serve also
 * makes {@link #allRun} false until it runs again.
 */
public final class PeriodicTasks implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(PeriodicTasks.class);

  private static final int PERIODS = 3;
  private static final Duration LEAST = Duration.ofSeconds(2);
  private static final Duration LOOK = Duration.ofMillis(250);

  private final Troubles troubles;
  private final Ticker ticker;
  private final Duration least;
  private final ThreadFactory threads =
      new ThreadFactoryBuilder().setNameFormat("datastored-task-%d").setDaemon(true).build();
  private final Set<PeriodicTask> tasks = ConcurrentHashMap.newKeySet();
  private final Set<PeriodicTask> stalled = ConcurrentHashMap.newKeySet();
  private volatile boolean allRun = true;
  private volatile Runnable onTurn = () -> {};
  private volatile boolean running = true;
  private volatile @Nullable Thread watchdog;

  public PeriodicTasks(Troubles troubles, Ticker ticker) {
    this(troubles, ticker, LEAST);
  }

  PeriodicTasks(Troubles troubles, Ticker ticker, Duration least) {
    this.troubles = troubles;
    this.ticker = ticker;
    this.least = least;
  }

  /**
   * Starts a task, which runs at once and then every period.
   *
   * @param name for display: "lease sweep"
   */
  public PeriodicTask start(
      String name, Duration period, PeriodicTask.Need need, PeriodicTask.Step step) {
    Duration periods = period.multipliedBy(PERIODS);
    return start(name, period, periods.compareTo(least) < 0 ? least : periods, need, step);
  }

  /**
   * Starts a task whose steps may take long.
   *
   * @param stalledAfter how long a step may take
   */
  public PeriodicTask start(
      String name,
      Duration period,
      Duration stalledAfter,
      PeriodicTask.Need need,
      PeriodicTask.Step step) {
    startWatchdog();
    PeriodicTask task =
        new PeriodicTask(
            new PeriodicTask.Plan(name, period, stalledAfter, need, step), this, threads);
    tasks.add(task);
    task.start();
    return task;
  }

  /** Runs every task soon, without waiting for its period. */
  public void wakeAll() {
    tasks.forEach(PeriodicTask::wake);
  }

  /** Whether all tasks that are needed to serve are running. */
  public boolean allRun() {
    return allRun;
  }

  /**
   * The names of the tasks that are needed to serve and are stalled at the moment. Unlike {@link
   * #allRun} it does not depend on the watchdog: it asks the tasks.
   */
  public ImmutableList<String> stalledNow() {
    return tasks.stream()
        .filter(task -> task.plan().need() == PeriodicTask.Need.TO_SERVE && task.stalled())
        .map(PeriodicTask::toString)
        .sorted()
        .collect(ImmutableList.toImmutableList());
  }

  /** Calls {@code told} whenever {@link #allRun} has changed. It must return quickly. */
  public void onTurn(Runnable told) {
    onTurn = told;
  }

  private synchronized void startWatchdog() {
    if (watchdog == null && running) {
      Thread started = threads.newThread(this::watch);
      started.setName("datastored-watchdog");
      started.start();
      watchdog = started;
    }
  }

  private void watch() {
    while (running) {
      try {
        look();
      } catch (Throwable thrown) {
        log.atError().setCause(thrown).log("the watchdog has failed");
      }
      LockSupport.parkNanos(this, LOOK.toNanos());
    }
  }

  /** Checks once whether every task is running. */
  void look() {
    for (PeriodicTask task : tasks) {
      if (!task.stalled()) {
        if (stalled.remove(task)) {
          troubles.clear(TroubleCause.TASK, "stall of " + task);
        }
      } else if (stalled.add(task)) {
        Throwable where = new Throwable("where the task is");
        where.setStackTrace(task.where());
        troubles.raise(
            TroubleCause.TASK,
            "stall of " + task,
            "the %s has not run for more than %d s; the log has where it hangs"
                .formatted(task, task.plan().stalledAfter().toSeconds()),
            where);
      }
    }
    stalled.retainAll(tasks);
    boolean all =
        stalled.stream().noneMatch(task -> task.plan().need() == PeriodicTask.Need.TO_SERVE);
    if (all != allRun) {
      allRun = all;
      onTurn.run();
    }
  }

  long now() {
    return ticker.read();
  }

  void failed(PeriodicTask.Plan plan, Throwable thrown) {
    troubles.raise(
        TroubleCause.TASK,
        plan.name(),
        "the %s has failed: %s".formatted(plan.name(), thrown),
        thrown);
  }

  void succeeded(PeriodicTask.Plan plan) {
    troubles.clear(TroubleCause.TASK, plan.name());
  }

  void forget(PeriodicTask task) {
    tasks.remove(task);
  }

  /** Stops the watchdog; each task is closed by its owner. Idempotent. */
  @Override
  public void close() {
    running = false;
    Thread watching = watchdog;
    if (watching != null) {
      LockSupport.unpark(watching);
    }
  }
}
