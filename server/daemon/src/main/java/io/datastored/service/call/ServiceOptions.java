package io.datastored.service.call;

import java.time.Duration;
import java.util.Optional;

/**
 * Service options limit how long calls wait. Immutable.
 *
 * @param longestRevisionWait how long a Lookup waits at most for the revision that it must not be
 *     older than
 * @param slowCall what takes longer is logged as slow; empty: nothing is
 * @param firstStatusWait how long a Status waits at most for datastores that have never been
 *     measured, so that the first Status after a start is not empty. Must be well below the
 *     deadlines of its callers.
 */
public record ServiceOptions(
    Duration longestRevisionWait, Duration firstStatusWait, Optional<Duration> slowCall) {

  public ServiceOptions {
    if (slowCall.isPresent() && slowCall.get().isNegative()) {
      throw new IllegalArgumentException("must not be negative: " + slowCall.get());
    }
  }

  public static ServiceOptions defaults() {
    return new ServiceOptions(
        Duration.ofSeconds(10), Duration.ofMillis(200), Optional.of(Duration.ofSeconds(1)));
  }

  public ServiceOptions withLongestRevisionWait(Duration other) {
    return new ServiceOptions(other, firstStatusWait, slowCall);
  }

  public ServiceOptions withFirstStatusWait(Duration other) {
    return new ServiceOptions(longestRevisionWait, other, slowCall);
  }

  public ServiceOptions withSlowCall(Optional<Duration> other) {
    return new ServiceOptions(longestRevisionWait, firstStatusWait, other);
  }
}
