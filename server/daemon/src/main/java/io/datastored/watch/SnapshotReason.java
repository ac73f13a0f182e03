package io.datastored.watch;

/** A snapshot reason is why a watcher is sent everything instead of what changed. Immutable. */
public enum SnapshotReason {
  /** It told no revision to resume from. */
  REQUESTED,
  /** Removals after its revision may have been forgotten. */
  TOO_OLD,
  /** Its revision is of another history. */
  WRONG_INCARNATION,
  /** Its revision is of this history's future: the history was set back. */
  AHEAD
}
