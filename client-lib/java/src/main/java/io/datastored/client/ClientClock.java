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

  /** A wall clock is slewed by less than this between two renewals; a suspend is longer. */
  private static final long TOLERANCE = TimeUnit.SECONDS.toNanos(1);

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

  /** By how much the wall clock is ahead of the monotonic one, in nanoseconds. */
  long wallAhead(long now) {
    return TimeUnit.MILLISECONDS.toNanos(wallClock.millis()) - now;
  }

  /** Whether time was lost since the wall clock was ahead by so much. */
  boolean isTimeLost(long wallAheadThen, long now) {
    return wallAhead(now) - wallAheadThen > TOLERANCE;
  }

  Duration since(long then) {
    return Duration.ofNanos(Math.max(0, now() - then));
  }

  Duration until(long then) {
    return Duration.ofNanos(Math.max(0, then - now()));
  }
}
