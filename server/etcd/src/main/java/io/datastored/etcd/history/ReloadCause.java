package io.datastored.etcd.history;

/** A reload cause is why the whole history was read again. Immutable. */
enum ReloadCause {
  /** A commit did not follow the one that is served: the watch has lost something. */
  GAP,
  /** The watch ended. */
  WATCH_ENDED,
  /** The watch did not report a commit that was expected. */
  WATCH_LATE,
  /** The newest was needed, as when a life begins, or when a pulse has found another head. */
  HEAD
}
