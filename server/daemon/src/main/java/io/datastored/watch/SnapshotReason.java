package io.datastored.watch;

/** A snapshot reason is the reason why a watcher gets everything instead of a change. Immutable. */
public enum SnapshotReason {
  /** The client gave no revision to resume from. */
  REQUESTED,
  /** Removals after its revision may have been forgotten. */
  TOO_OLD,
  /** Its revision is of another history. */
  WRONG_INCARNATION,
  /** Its revision is in this history's future: the history was set back. */
  AHEAD,
  /** What it was shown up to its revision may have been selected by other rights. */
  RIGHTS_CHANGED
}
