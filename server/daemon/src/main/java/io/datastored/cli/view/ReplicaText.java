package io.datastored.cli.view;

import io.datastored.v1.AwaitedReplica;
import java.util.ArrayList;
import java.util.List;

/** A replica text is another server of a history, in words for people. Stateless. */
final class ReplicaText {

  private ReplicaText() {}

  /** {@code replica b has not applied the mode}, without what changes by itself. */
  static String who(AwaitedReplica replica) {
    String name = "replica " + VisibleText.of(replica.getName());
    return switch (replica.getReason()) {
      case AWAITED_REPLICA_REASON_NOT_APPLIED -> name + " has not applied the mode";
      case AWAITED_REPLICA_REASON_SILENT -> name + " is silent";
      case AWAITED_REPLICA_REASON_IN_USE -> name + " has " + work(replica);
      case AWAITED_REPLICA_REASON_UNSPECIFIED, UNRECOGNIZED ->
          name + " is in the way for a reason unknown to this version";
    };
  }

  private static String work(AwaitedReplica replica) {
    List<String> parts = new ArrayList<>();
    if (replica.getOperations().getRead() + replica.getOperations().getWrite() > 0) {
      parts.add(BlockerSummary.counts(replica.getOperations()) + " in the way");
    }
    if (replica.getSessions() > 0) {
      parts.add(HumanFormat.count(replica.getSessions(), "session") + " to acknowledge");
    }
    if (replica.getOpen() > 0) {
      parts.add("the base directory open");
    }
    return parts.isEmpty()
        ? "a lease that is about to be continued there"
        : String.join(" and ", parts);
  }

  /** With the longest wait. */
  static String of(AwaitedReplica replica) {
    return who(replica) + atMost(replica);
  }

  /** {@code , waited for at most 12s}; empty if that is not known beforehand. */
  static String atMost(AwaitedReplica replica) {
    return switch (replica.getReason()) {
      case AWAITED_REPLICA_REASON_SILENT ->
          replica.hasLeft()
              ? ", waited for at most " + HumanFormat.atMost(replica.getLeft())
              : ", waited for until an operator decides";
      case AWAITED_REPLICA_REASON_NOT_APPLIED,
          AWAITED_REPLICA_REASON_IN_USE,
          AWAITED_REPLICA_REASON_UNSPECIFIED,
          UNRECOGNIZED ->
          "";
    };
  }

  /** {@code at replica b}; empty at a server that is alone. */
  static String at(String replica) {
    return replica.isEmpty() ? "" : " at replica " + VisibleText.of(replica);
  }
}
