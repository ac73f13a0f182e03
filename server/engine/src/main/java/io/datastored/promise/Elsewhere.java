package io.datastored.promise;

import com.google.common.collect.ImmutableList;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Elsewhere is what peers report to be in the way of a mode. Immutable.
 *
 * @param recoveryLeft how long uncounted leases of the previous run may still be in use
 * @param unseen possible operations of another program that cannot be seen
 * @param replicas other servers
 */
public record Elsewhere(
    Optional<Duration> recoveryLeft,
    Optional<UnseenOperations> unseen,
    ImmutableList<AwaitedReplica> replicas) {

  /** Nothing is in the way. */
  public static final Elsewhere NOTHING =
      new Elsewhere(Optional.empty(), Optional.empty(), ImmutableList.of());

  /** With this recovery in the way, if any. */
  public static Elsewhere of(Optional<Duration> recoveryLeft) {
    return new Elsewhere(recoveryLeft, Optional.empty(), ImmutableList.of());
  }

  /** With operations of another program in the way, if any. */
  public static Elsewhere unseen(Optional<UnseenOperations> operations) {
    return new Elsewhere(Optional.empty(), operations, ImmutableList.of());
  }

  /** With these servers in the way. */
  public static Elsewhere at(ImmutableList<AwaitedReplica> replicas) {
    return new Elsewhere(Optional.empty(), Optional.empty(), replicas);
  }

  /** Both together: the longer wait, and the first program. */
  Elsewhere and(Elsewhere other) {
    return new Elsewhere(
        Stream.concat(recoveryLeft.stream(), other.recoveryLeft.stream()).max(Duration::compareTo),
        unseen.or(other::unseen),
        ImmutableList.<AwaitedReplica>builder().addAll(replicas).addAll(other.replicas).build());
  }
}
