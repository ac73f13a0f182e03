package io.datastored.daemon;

import com.google.common.base.Ticker;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.random.RandomGenerator;

/**
 * An environment is the time and the chance that a server lives by. Immutable.
 *
 * @param ticker monotonic time: everything that is decided
 * @param wallClock the time of day: what people are told
 * @param random unpredictable and thread-safe
 */
record Environment(Ticker ticker, InstantSource wallClock, RandomGenerator random) {

  static Environment system() {
    return new Environment(Ticker.systemTicker(), InstantSource.system(), new SecureRandom());
  }
}
