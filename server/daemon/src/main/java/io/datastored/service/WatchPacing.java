package io.datastored.service;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * A watch pacing says when bookmarks come. Thread-safe if its source of randomness is. They are
 * spread, so that thousands of streams that were opened at once do not go on together for ever.
 */
final class WatchPacing {
  private static final Duration SHORTEST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofSeconds(60);
  private static final Duration DEFAULT = Duration.ofSeconds(10);

  private final RandomGenerator random;

  WatchPacing(RandomGenerator random) {
    this.random = random;
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
    return Duration.ofNanos(random.nextLong(most / 5 * 4, most + 1));
  }
}
