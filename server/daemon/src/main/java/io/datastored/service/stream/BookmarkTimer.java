package io.datastored.service.stream;

import java.time.Duration;

/** A bookmark timer runs a task once after a delay. Thread-safe; all watches share one. */
@FunctionalInterface
public interface BookmarkTimer {

  /** Schedules the task, which runs on a thread that must not be blocked. */
  Pending in(Duration delay, Runnable task);

  /** A pending task. Thread-safe. */
  @FunctionalInterface
  interface Pending {
    /** Cancels the task unless it has started. */
    void cancel();
  }
}
