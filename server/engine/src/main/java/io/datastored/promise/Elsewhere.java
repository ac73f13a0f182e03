package io.datastored.promise;

import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Elsewhere is what peers report to be in the way of a mode. Immutable.
 *
 * @param recoveryLeft how long uncounted leases of the previous run may still be in use
 * @param unseen possible operations of another program that cannot be seen
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
