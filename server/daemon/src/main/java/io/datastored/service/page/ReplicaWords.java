package io.datastored.service.page;

import io.datastored.v1.ReplicaStatus;

/** Replica words are the states of servers that share a history, for people. Stateless. */
final class ReplicaWords {

  private ReplicaWords() {}

  static String state(ReplicaStatus replica) {
    return switch (replica.getState()) {
      case REPLICA_STATE_HERE -> replica.hasUnconfirmed() ? "out of touch" : "here";
      case REPLICA_STATE_SILENT -> "silent";
      case REPLICA_STATE_LEFT -> "left";
      case REPLICA_STATE_UNSPECIFIED, UNRECOGNIZED -> "unknown";
    };
  }
}
