package io.datastored.transport;

import com.google.common.math.IntMath;

/**
 * A rate is how many events are allowed per second, and how many at once. Immutable.
 *
 * @param perSecond tokens added each second, at least 1
 * @param burst the maximum number of saved tokens, at least 1
 * @param initial tokens at the start, between 1 and the burst: less than the burst, so that
 *     reconnecting does not gain tokens
 */
public record Rate(int perSecond, int burst, int initial) {
  public Rate {
    if (perSecond < 1 || initial < 1 || initial > burst) {
      throw new IllegalArgumentException(
          "no rate: %d a second, %d at once, %d at first".formatted(perSecond, burst, initial));
    }
  }

  /** A rate that saves tokens for this many seconds, and starts with a quarter of them. */
  public static Rate of(int perSecond, int seconds) {
    int burst = IntMath.saturatedMultiply(perSecond, seconds);
    return new Rate(perSecond, burst, Math.max(1, burst / 4));
  }
}
