package io.datastored.drain;

import io.datastored.promise.UnseenOperations;
import java.util.Optional;

/**
 * Unseen are possible operations that cannot be counted, and how a drain treats them. Immutable.
 */
public record Unseen(Optional<UnseenOperations> found, NeighbourManner manner) {

  /** No such operations. */
  static final Unseen NOTHING = new Unseen(Optional.empty(), NeighbourManner.WAIT);

  /** The operations that the drain waits for. */
  public Optional<UnseenOperations> awaited() {
    return manner == NeighbourManner.WAIT ? found : Optional.empty();
  }

  /** Whether there may be operations that the drain does not wait for. */
  public boolean ignored() {
    return manner == NeighbourManner.IGNORE && found.isPresent();
  }
}
