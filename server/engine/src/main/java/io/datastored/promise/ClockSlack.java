package io.datastored.promise;

import java.time.Duration;

/**
 * Clock slack is how much longer the server keeps a promise than it promises to the client.
 * Immutable.
 *
 * <p>The inequality: (ttl + margin) × (1 − drift of the server's clock) ≥ ttl × (1 + drift of the
 * holder's). With 1 % each clock may be off by half a percent; the fixed part covers short ttls and
 * a holder that is slow to read its clock.
 *
 * @param perMille the part that grows with the ttl, in thousandths of it; 0 to 1000
 * @param plus the fixed part
 */
public record ClockSlack(long perMille, Duration plus) {

  /** 1 % and 500 ms. */
  public static final ClockSlack DEFAULT = new ClockSlack(10, Duration.ofMillis(500));

  /** For tests, in which all clocks run at the same rate. */
  public static final ClockSlack NONE = new ClockSlack(0, Duration.ZERO);

  public ClockSlack {
    if (perMille < 0 || perMille > 1_000 || plus.isNegative()) {
      throw new IllegalArgumentException("a margin is not negative and at most twice the ttl");
    }
  }

  /** How long the server keeps a promise. */
  Duration kept(Duration told) {
    return Duration.ofNanos(keptNanos(told));
  }

  public long keptNanos(Duration told) {
    long nanos = told.toNanos();
    return nanos + nanos * perMille / 1_000 + plus.toNanos();
  }

  /** The duration that a client may be given for a promise that is kept this long; zero if none. */
  public Duration told(long keptNanos) {
    return Duration.ofNanos(Math.max(0, (keptNanos - plus.toNanos()) * 1_000 / (1_000 + perMille)));
  }
}
