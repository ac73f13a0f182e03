package io.datastored.cli.view;

import io.datastored.v1.ReplicaState;
import io.datastored.v1.ReplicaStatus;
import io.datastored.v1.ServerStatus;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;

/**
 * A replica report prints the servers that share a history, as one of them knows them. Stateless.
 */
final class ReplicaReport {

  private ReplicaReport() {}

  /** {@code replica b, life abcdefgh}; empty of a server that is alone. */
  static Optional<String> me(ServerStatus status) {
    return status.hasReplica()
        ? Optional.of(
            VisibleText.of(
                status.getReplica().getLife().isEmpty()
                    ? "replica %s, without a life: it is about to join the others"
                        .formatted(status.getReplica().getName())
                    : "replica %s, life %s"
                        .formatted(status.getReplica().getName(), status.getReplica().getLife())))
        : Optional.empty();
  }

  /** What is wrong with the server itself; empty while it is in touch, or alone. */
  static Optional<String> outOfTouch(ServerStatus status) {
    return status.getReplica().hasUnconfirmed()
        ? Optional.of(
            "out of touch with the other replicas for %s: it grants nothing, and what it shows may be"
                    .formatted(HumanFormat.age(status.getReplica().getUnconfirmed()))
                + " outdated")
        : Optional.empty();
  }

  /** A line for each server that is gone and waited for. */
  static List<String> gone(ServerStatus status) {
    return status.getReplicasList().stream()
        .filter(replica -> replica.getState() != ReplicaState.REPLICA_STATE_HERE)
        .map(
            replica ->
                "replica %s %s, and drains wait for it %s"
                    .formatted(
                        VisibleText.of(replica.getName()),
                        replica.getState() == ReplicaState.REPLICA_STATE_LEFT
                            ? "has stopped"
                            : "is silent for " + HumanFormat.age(replica.getUnconfirmed()),
                        atMost(replica)))
        .toList();
  }

  private static String atMost(ReplicaStatus replica) {
    return replica.hasLeft()
        ? "for at most " + HumanFormat.atMost(replica.getLeft())
        : "until an operator decides (see the log of the server)";
  }

  /** Prints a table; nothing of a server that is alone. */
  static void print(ServerStatus status, PrintWriter out) {
    if (status.getReplicasCount() == 0) {
      return;
    }
    var table = new TextTable("REPLICA", "STATE", "LIFE", "VERSION", "GEN", "LAG", "ADDRESSES");
    for (ReplicaStatus replica : status.getReplicasList()) {
      table.row(
          replica.getName()
              + (replica.getLife().equals(status.getReplica().getLife()) ? " (this one)" : ""),
          state(replica),
          replica.getLife(),
          replica.getVersion(),
          replica.hasApplied() ? replica.getApplied().getGeneration() : "-",
          replica.hasApplied() ? replica.getLag() : "-",
          String.join(" ", replica.getAddressesList()));
    }
    out.println();
    table.printTo(out);
  }

  private static String state(ReplicaStatus replica) {
    return switch (replica.getState()) {
      case REPLICA_STATE_HERE -> replica.hasUnconfirmed() ? "out of touch" : "here";
      case REPLICA_STATE_SILENT -> "silent";
      case REPLICA_STATE_LEFT -> "left";
      case REPLICA_STATE_UNSPECIFIED, UNRECOGNIZED -> "unknown";
    };
  }
}
