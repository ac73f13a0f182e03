package io.datastored.promise;

import java.time.Duration;

/**
 * Clock slack is how much longer than told the server keeps a promise. Immutable.
 *
 * <p>The inequality: (ttl + margin) × (1 − drift of the server's clock) ≥ ttl × (1 + drift of the
 * holder's). With 1 % both clocks may be wrong by half a percent; the fixed part is for short ttls
 * and for a holder that is slow to look at its clock.
 *
 * @param perMille the part that grows with the ttl, in thousandths of it; 0 to 1000
 * @param plus the fixed part
 */
public record ClockSlack(long perMille, Duration plus) {

  /** 1 % and 500 ms. */
  public static final ClockSlack DEFAULT = new ClockSlack(10, Duration.ofMillis(500));

  /** For tests whose clocks all run alike. */
  public static final ClockSlack NONE = new ClockSlack(0, Duration.ZERO);

  public ClockSlack {
    if (perMille < 0 || perMille > 1_000 || plus.isNegative()) {
      throw new IllegalArgumentException("a margin is not negative and at most twice the ttl");
    }
  }

  /** How long a promise is kept. */
  Duration kept(Duration told) {
    return Duration.ofNanos(keptNanos(told));
  }

  public long keptNanos(Duration told) {
    long nanos = told.toNanos();
    return nanos + nanos * perMille / 1_000 + plus.toNanos();
  }

  /** What may be told of a promise that is kept for so long; zero when nothing may. */
  public Duration told(long keptNanos) {
    return Duration.ofNanos(Math.max(0, (keptNanos - plus.toNanos()) * 1_000 / (1_000 + perMille)));
  }
}
