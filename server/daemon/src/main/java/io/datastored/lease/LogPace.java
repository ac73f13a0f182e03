package io.datastored.lease;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.datastored.promise.LeaseClock;
import java.time.Duration;
import java.util.OptionalLong;

/**
 * A log pace limits a kind of log line to a few per interval and counts the suppressed ones, so
 * that no client can fill the log. Thread-safe: under its lock.
 */
final class LogPace {

  private static final long LINES = 10;

  private final LeaseClock clock;
  private final long whileNanos;

  @GuardedBy("this")
  private long began;

  @GuardedBy("this")
  private long seen;

  LogPace(LeaseClock clock, Duration whileLasting) {
    this.clock = clock;
    this.whileNanos = whileLasting.toNanos();
    this.began = clock.now();
  }

  /**
   * The number of lines suppressed since the last one that was let through; empty if this one is
   * suppressed too.
   */
  synchronized OptionalLong next() {
    long heldBack = 0;
    long now = clock.now();
    if (now - began >= whileNanos) {
      heldBack = Math.max(0, seen - LINES);
      began = now;
      seen = 0;
    }
    seen++;
    return seen <= LINES ? OptionalLong.of(heldBack) : OptionalLong.empty();
  }
}
