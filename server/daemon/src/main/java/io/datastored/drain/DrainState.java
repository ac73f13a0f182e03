package io.datastored.drain;

/** What became of a drain. Immutable. */
public enum DrainState {
  /** Something is still in the way. */
  DRAINING,
  /**
   * Nothing that the mode refuses is in progress, and nothing can begin until the mode changes; no
   * later server takes a lease over again that was there before.
   */
  DRAINED,
  /** The mode is another one, or the datastore is gone. */
  ABORTED
}
