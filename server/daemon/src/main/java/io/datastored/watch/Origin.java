package io.datastored.watch;

import io.datastored.history.Generation;

/**
 * An origin is where a shared frame takes its watchers from. Immutable. Two watchers of one group
 * with equal origins are sent the same frame.
 */
sealed interface Origin {
  /**
   * From nothing, or from what cannot be continued, to the head of this serial: a client that was
   * told of a revision elsewhere is not sent an earlier one to begin with.
   */
  record Anew(SnapshotReason reason, long serial) implements Origin {}

  /** From a revision that was reached on an earlier stream. */
  record Resumed(Generation known) implements Origin {}

  /** From the frame before: whoever has seen as many touches holds the same selected content. */
  record Following(long touches) implements Origin {}
}
