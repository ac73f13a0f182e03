package io.datastored.drain;

/** What a drain makes of operations of a neighbour that cannot be seen. Immutable. */
public enum NeighbourManner {
  /** Waits: there may be some. */
  WAIT,
  /** Goes on, and says so. */
  IGNORE
}
