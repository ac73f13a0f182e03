package io.datastored.cli;

import com.google.common.collect.Comparators;
import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * A backoff says how long to wait before the next attempt: longer each time, never the same for two
 * clients, and never shorter than the server asked for. Confined to the watch's thread.
 */
final class Backoff {

  /** Between these two the wait doubles; a restart of a server takes about a second. */
  private static final Duration FIRST = Duration.ofMillis(200);

  private static final Duration LONGEST = Duration.ofSeconds(5);

  private final RandomGenerator random;
  private Duration ceiling = FIRST;

  Backoff(RandomGenerator random) {
    this.random = random;
  }

  /** Half of the ceiling at least, so that a server that fails at once is not asked in a loop. */
  Duration next(Optional<Duration> askedFor) {
    Duration wait = ceiling.dividedBy(2).plusNanos(random.nextLong(ceiling.toNanos() / 2));
    ceiling = Comparators.min(ceiling.multipliedBy(2), LONGEST);
    return askedFor.map(asked -> Comparators.max(asked, wait)).orElse(wait);
  }

  void reset() {
    ceiling = FIRST;
  }
}
