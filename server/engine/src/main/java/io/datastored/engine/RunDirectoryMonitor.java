package io.datastored.engine;

import io.datastored.engine.health.PeriodicTask;
import io.datastored.engine.health.PeriodicTasks;
import io.datastored.history.Doorbell;
import io.datastored.operation.Counters;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A run directory monitor detects that the page or the counters of this process were replaced or
 * removed. It has its own thread. After that, this process and the others no longer see each other,
 * so it must refuse everything until it is restarted.
 */
final class RunDirectoryMonitor implements AutoCloseable {

  private final Doorbell doorbell;
  private final Counters counters;
  private final EngineHealth health;
  private final Duration period;
  private volatile @Nullable PeriodicTask task;

  RunDirectoryMonitor(Doorbell doorbell, Counters counters, EngineHealth health, Duration period) {
    this.doorbell = doorbell;
    this.counters = counters;
    this.health = health;
    this.period = period;
  }

  void start(PeriodicTasks tasks) {
    task = tasks.start("run directory check", period, PeriodicTask.Need.TO_SERVE, this::look);
  }

  /** Checks once. */
  void look() {
    if (!doorbell.intact()) {
      health.lose("the state page has been replaced or removed: " + doorbell);
    } else if (!counters.intact()) {
      health.lose("the counters of this process have been replaced or removed: " + counters);
    }
  }

  @Override
  public void close() {
    PeriodicTask started = task;
    if (started != null) {
      started.close();
    }
  }
}
