package io.datastored.promise;

import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Elsewhere is what peers have in the way of a mode. Immutable.
 *
 * @param recoveryLeft how long leases of the run before may still be in use that nobody counts
 * @param unseen operations of another program, of which nobody knows whether there are any
 */
public record Elsewhere(Optional<Duration> recoveryLeft, Optional<UnseenOperations> unseen) {

  /** Nothing is in the way. */
  public static final Elsewhere NOTHING = new Elsewhere(Optional.empty(), Optional.empty());

  /** Both together: the longer wait, and the first program. */
  Elsewhere and(Elsewhere other) {
    return new Elsewhere(
        Stream.concat(recoveryLeft.stream(), other.recoveryLeft.stream()).max(Duration::compareTo),
        unseen.or(other::unseen));
  }
}
