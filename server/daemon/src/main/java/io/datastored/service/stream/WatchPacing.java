package io.datastored.service.stream;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/**
 * A watch pacing says when bookmarks come. Thread-safe: one atomic word. They are spread, so that
 * thousands of streams that were opened at once do not go on together for ever; it is asked with
 * every frame of each of them, which a secure source of randomness is too slow for.
 */
public final class WatchPacing {
  private static final Duration SHORTEST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofSeconds(60);
  private static final Duration DEFAULT = Duration.ofSeconds(10);

  /** Of a Weyl sequence: it meets every number once before it meets one again. */
  private static final long STEP = 0x9E3779B97F4A7C15L;

  private final AtomicLong at;

  public WatchPacing(RandomGenerator random) {
    this.at = new AtomicLong(random.nextLong());
  }

  /** The wanted interval, brought into bounds; zero when the client wants none in particular. */
  static Duration interval(Duration wanted) {
    if (wanted.isZero()) {
      return DEFAULT;
    }
    if (wanted.compareTo(SHORTEST) < 0) {
      return SHORTEST;
    }
    return wanted.compareTo(LONGEST) > 0 ? LONGEST : wanted;
  }

  /** How long to stay quiet now: four fifths of the interval at least, and never more than it. */
  Duration quiet(Duration interval) {
    long most = interval.toNanos();
    long least = most / 5 * 4;
    return Duration.ofNanos(least + (at.getAndAdd(STEP) >>> 1) % (most - least + 1));
  }
}
