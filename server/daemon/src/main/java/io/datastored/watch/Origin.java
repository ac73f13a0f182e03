package io.datastored.watch;

import io.datastored.history.Generation;

/**
 * An origin is the point from which a shared frame leads. Immutable. Two watchers of one group with
 * equal origins get the same frame.
 */
sealed interface Origin {
  /**
   * From nothing, or from a position that cannot be continued, to the head of this serial: a client
   * that has seen a revision elsewhere does not get an earlier one first.
   */
  record Anew(SnapshotReason reason, long serial) implements Origin {}

  /** From a revision that the client reached on an earlier stream. */
  record Resumed(Generation known) implements Origin {}

  /**
   * From the previous frame: watchers that have seen as many touches hold the same selected
   * content.
   */
  record Following(long touches) implements Origin {}

  /**
   * From the previous frame of another group, which the watcher left when the rules changed.
   *
   * @param before the scope of that group
   * @param at the serial of the head at which it was left
   * @param touches the touches of that group up to its last frame
   */
  record Moved(Scope before, long at, long touches) implements Origin {}
}
