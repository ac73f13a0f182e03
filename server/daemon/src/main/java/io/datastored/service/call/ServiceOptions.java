package io.datastored.service.call;

import java.time.Duration;
import java.util.Optional;

/**
 * Service options limit how long calls wait. Immutable; made by a {@link Builder}.
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

  /** A builder of service options; unset options keep their defaults. Not thread-safe. */
  public static final class Builder {
    public Duration longestRevisionWait = Duration.ofSeconds(10);
    public Duration firstStatusWait = Duration.ofMillis(200);
    public Optional<Duration> slowCall = Optional.of(Duration.ofSeconds(1));

    public ServiceOptions build() {
      return new ServiceOptions(longestRevisionWait, firstStatusWait, slowCall);
    }
  }
}
