package io.datastored.etcd.history;

import io.datastored.file.StoreException;
import io.datastored.history.Store.Outcome;

/** A commit result is what became of a commit of this server. Immutable. */
enum CommitResult {
  COMMITTED,
  /** Another server was first; it is decided again. */
  OVERTAKEN,
  /** The caller did not want it any more. */
  WITHDRAWN,
  /** Nothing was changed. */
  FAILED,
  /** Whether it was done could not be found out. */
  OUTCOME_UNKNOWN;

  static CommitResult of(Outcome outcome) {
    return switch (outcome) {
      case COMMITTED -> COMMITTED;
      case OVERTAKEN -> OVERTAKEN;
      case WITHDRAWN -> WITHDRAWN;
    };
  }

  static CommitResult of(StoreException failure) {
    return failure.reason() == StoreException.Reason.OUTCOME_UNKNOWN ? OUTCOME_UNKNOWN : FAILED;
  }
}
