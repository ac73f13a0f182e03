package io.datastored.drain;

import io.datastored.promise.UnseenOperations;
import java.util.Optional;

/**
 * Unseen is what a drain has found of operations that nobody can count, and what it makes of them.
 * Immutable.
 */
public record Unseen(Optional<UnseenOperations> found, NeighbourManner manner) {

  /** There are none. */
  static final Unseen NOTHING = new Unseen(Optional.empty(), NeighbourManner.WAIT);

  /** Those that are in the way. */
  public Optional<UnseenOperations> awaited() {
    return manner == NeighbourManner.WAIT ? found : Optional.empty();
  }

  /** Whether there may be some that are not waited for. */
  public boolean ignored() {
    return manner == NeighbourManner.IGNORE && found.isPresent();
  }
}
