package io.datastored.drain;

/** A drain policy is how a drain treats the leases that are in its way. Immutable. */
public enum DrainPolicy {
  /** Waits for their holders. */
  WAIT,
  /** Ends them, and waits until their holders must have stopped by their own clock. */
  FORCE
}
