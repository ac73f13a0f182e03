package io.datastored.drain;

/**
 * A neighbour manner is how a drain treats possible operations of a neighbour that cannot be seen.
 * Immutable.
 */
public enum NeighbourManner {
  /** Waits, because there may be some. */
  WAIT,
  /** Continues, and reports that it did. */
  IGNORE
}
