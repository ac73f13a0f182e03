package io.datastored.client.internal.loop;

import io.datastored.client.ClientSources;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * A client clock combines the monotonic clock and the wall clock. Thread-safe.
 *
 * <p>Terms are measured on the monotonic clock, which stops while the machine is suspended. So each
 * term records by how much the wall clock was ahead when its request was sent; if it is further
 * ahead now, time was lost. The wall clock can only shorten a term.
 */
public final class ClientClock {

  /**
   * Less than the 500 ms by which the server keeps each promise longer, so that a suspend that goes
   * unnoticed cannot outlast a promise; far more than a wall clock is slewed between two renewals.
   */
  private static final long TOLERANCE = TimeUnit.MILLISECONDS.toNanos(400);

  /**
   * Both clocks are read again if the thread was delayed for longer than this between the reads.
   */
  private static final long APART = TimeUnit.MILLISECONDS.toNanos(10);

  private static final int TRIES = 10;

  private final LongSupplier nanoTime;
  private final InstantSource wallClock;

  public ClientClock(ClientSources sources) {
    this.nanoTime = sources.nanoTime();
    this.wallClock = sources.wallClock();
  }

  /** The monotonic clock, in nanoseconds. */
  public long now() {
    return nanoTime.getAsLong();
  }

  /** A lower bound of how far the wall clock is ahead of the monotonic clock, in nanoseconds. */
  public long wallAhead() {
    long before = now();
    long ahead = 0;
    for (int i = 0; i < TRIES; i++) {
      long wall = wallNanos();
      long after = now();
      // A thread that is delayed here underestimates how far the wall clock is ahead: a term may
      // then seem to end too early, never too late.
      ahead = wall - after;
      if (after - before <= APART) {
        return ahead;
      }
      before = after;
    }
    return ahead;
  }

  /**
   * Whether time was lost since the moment at which the wall clock was ahead by {@code
   * wallAheadThen}.
   */
  public boolean isTimeLost(long wallAheadThen, long now) {
    long wall = wallNanos();
    // The monotonic clock is read again before a term is declared over: this thread may have been
    // delayed since {@code now} was read.
    return wall - now - wallAheadThen > TOLERANCE && wall - now() - wallAheadThen > TOLERANCE;
  }

  private long wallNanos() {
    return TimeUnit.MILLISECONDS.toNanos(wallClock.millis());
  }

  public Duration since(long then) {
    return Duration.ofNanos(Math.max(0, now() - then));
  }

  public Duration until(long then) {
    return Duration.ofNanos(Math.max(0, then - now()));
  }
}
