package io.datastored.admin;

import java.time.Duration;

/**
 * Check limits bound what a check costs. Immutable.
 *
 * @param patience how long an answer may take; less than the timeouts of probes, which are a second
 *     or more
 * @param freshness how long an answer is used again
 */
record CheckLimits(Duration patience, Duration freshness) {

  /** The limits of a check that costs next to nothing. */
  public static CheckLimits defaults() {
    return new CheckLimits(Duration.ofMillis(800), Duration.ofMillis(500));
  }

  public CheckLimits withFreshness(Duration other) {
    return new CheckLimits(patience, other);
  }
}
