package io.datastored.service.stream;

import java.time.Duration;

/** A bookmark timer runs a task later, once. Thread-safe; one serves all watches. */
@FunctionalInterface
public interface BookmarkTimer {

  /** Runs the task after the delay, on a thread that must not be held up. */
  Pending in(Duration delay, Runnable task);

  /** A pending run. Thread-safe. */
  @FunctionalInterface
  interface Pending {
    /** Gives it up, if it is not too late. */
    void cancel();
  }
}
