package io.datastored.drain;

/** A drain state is the result of a look of a drain. Immutable. */
public enum DrainState {
  /** Something is still in the way. */
  DRAINING,
  /**
   * No operation that the mode refuses is in progress, and none can start until the mode changes;
   * no later server lets a client reclaim an earlier lease.
   */
  DRAINED,
  /** The mode has changed, or the datastore no longer exists. */
  ABORTED
}
