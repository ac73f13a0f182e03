package io.datastored.daemon;

import com.google.common.base.Ticker;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.random.RandomGenerator;

/**
 * An environment is the clocks and the randomness of a server. Immutable.
 *
 * @param ticker monotonic time, used for every decision but those about certificates
 * @param wallClock the time of day, for messages and the expiry of certificates
 * @param random unpredictable and thread-safe
 */
record Environment(Ticker ticker, InstantSource wallClock, RandomGenerator random) {

  static Environment system() {
    return new Environment(Ticker.systemTicker(), InstantSource.system(), new SecureRandom());
  }
}
