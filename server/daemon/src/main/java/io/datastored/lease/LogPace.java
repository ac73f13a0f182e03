package io.datastored.lease;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.datastored.promise.LeaseClock;
import java.time.Duration;
import java.util.OptionalLong;

/**
 * A log pace lets through a few lines in a while and counts those that it holds back, so that
 * nobody can fill a log with what he may do often. Thread-safe: under its lock.
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

  /** How many were held back since the last one that was let through; empty: this one is too. */
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
