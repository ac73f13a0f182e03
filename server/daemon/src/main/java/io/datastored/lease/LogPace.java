package io.datastored.lease;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * A log pace limits a kind of log line to a few per interval and counts the suppressed ones, so
 * that no client can fill the log. Thread-safe: under its lock.
 */
public final class LogPace {

  private static final long LINES = 10;

  private final LongSupplier nanoTime;
  private final long whileNanos;

  @GuardedBy("this")
  private long began;

  @GuardedBy("this")
  private long seen;

  /**
   * @param nanoTime monotonic time
   */
  public LogPace(LongSupplier nanoTime, Duration whileLasting) {
    this.nanoTime = nanoTime;
    this.whileNanos = whileLasting.toNanos();
    this.began = nanoTime.getAsLong();
  }

  /**
   * The number of lines suppressed since the last one that was let through; empty if this one is
   * suppressed too.
   */
  public synchronized OptionalLong next() {
    long heldBack = 0;
    long now = nanoTime.getAsLong();
    if (now - began >= whileNanos) {
      heldBack = Math.max(0, seen - LINES);
      began = now;
      seen = 0;
    }
    seen++;
    return seen <= LINES ? OptionalLong.of(heldBack) : OptionalLong.empty();
  }
}
