package io.datastored.client;

import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * A client clock reads both clocks. Thread-safe.
 *
 * <p>Terms are counted on the monotonic clock, which stands still while the machine is suspended.
 * So each term remembers by how much the wall clock was ahead when its request was sent; if it is
 * further ahead now, time was lost. The wall clock can only shorten a term.
 */
final class ClientClock {

  /**
   * Below the 500 ms that the server keeps each promise longer, so that what is not noticed does
   * not outlive a promise; far above what a wall clock is slewed by between two renewals.
   */
  private static final long TOLERANCE = TimeUnit.MILLISECONDS.toNanos(400);

  /** Both clocks are read again when a thread was held up for so long between them. */
  private static final long APART = TimeUnit.MILLISECONDS.toNanos(10);

  private static final int TRIES = 10;

  private final LongSupplier nanoTime;
  private final InstantSource wallClock;

  ClientClock(ClientSources sources) {
    this.nanoTime = sources.nanoTime();
    this.wallClock = sources.wallClock();
  }

  /** The monotonic clock, in nanoseconds. */
  long now() {
    return nanoTime.getAsLong();
  }

  /** By how much the wall clock is ahead of the monotonic one, in nanoseconds; not more. */
  long wallAhead() {
    long before = now();
    long ahead = 0;
    for (int i = 0; i < TRIES; i++) {
      long wall = wallNanos();
      long after = now();
      // A thread that is held up here takes the wall clock for less far ahead than it is: a term
      // may
      // seem over too early then, never too late.
      ahead = wall - after;
      if (after - before <= APART) {
        return ahead;
      }
      before = after;
    }
    return ahead;
  }

  /** Whether time was lost since the wall clock was ahead by so much. */
  boolean isTimeLost(long wallAheadThen, long now) {
    long wall = wallNanos();
    // Looked at the monotonic clock again before anything is declared over: this thread may have
    // been held up since the other look.
    return wall - now - wallAheadThen > TOLERANCE && wall - now() - wallAheadThen > TOLERANCE;
  }

  private long wallNanos() {
    return TimeUnit.MILLISECONDS.toNanos(wallClock.millis());
  }

  Duration since(long then) {
    return Duration.ofNanos(Math.max(0, now() - then));
  }

  Duration until(long then) {
    return Duration.ofNanos(Math.max(0, then - now()));
  }
}
