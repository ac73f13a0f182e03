package io.datastored.transport;

import com.google.common.math.IntMath;

/**
 * A rate is how much may happen in a second, and how much of it at once. Immutable.
 *
 * @param perSecond what is added each second, at least 1
 * @param burst the most that is saved up, at least 1
 * @param initial what there is at the start, between 1 and the burst: less than the burst, so that
 *     connecting again is not the way to more
 */
public record Rate(int perSecond, int burst, int initial) {
  public Rate {
    if (perSecond < 1 || initial < 1 || initial > burst) {
      throw new IllegalArgumentException(
          "no rate: %d a second, %d at once, %d at first".formatted(perSecond, burst, initial));
    }
  }

  /** Saves up for this many seconds, and starts with a quarter of that. */
  public static Rate of(int perSecond, int seconds) {
    int burst = IntMath.saturatedMultiply(perSecond, seconds);
    return new Rate(perSecond, burst, Math.max(1, burst / 4));
  }
}
