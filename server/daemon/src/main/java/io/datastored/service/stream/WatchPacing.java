package io.datastored.service.stream;

import com.google.common.collect.Comparators;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/**
 * Watch pacing decides when bookmarks are sent. Thread-safe: one atomic word. It spreads them, so
 * that thousands of streams opened at once do not stay synchronised. It is called for every frame
 * of every stream, so a secure source of randomness would be too slow.
 */
public final class WatchPacing {
  private static final Duration SHORTEST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofSeconds(60);
  private static final Duration DEFAULT = Duration.ofSeconds(10);

  /** The step of a Weyl sequence, which takes every value once before it repeats one. */
  private static final long STEP = 0x9E3779B97F4A7C15L;

  private final AtomicLong at;

  public WatchPacing(RandomGenerator random) {
    this.at = new AtomicLong(random.nextLong());
  }

  /** The requested interval, clamped; zero if the client requests none. */
  static Duration interval(Duration wanted) {
    return wanted.isZero() ? DEFAULT : Comparators.min(Comparators.max(wanted, SHORTEST), LONGEST);
  }

  /**
   * The time until the next bookmark: between four fifths of the interval and the whole interval.
   */
  Duration quiet(Duration interval) {
    long most = interval.toNanos();
    long least = most / 5 * 4;
    return Duration.ofNanos(least + (at.getAndAdd(STEP) >>> 1) % (most - least + 1));
  }
}
