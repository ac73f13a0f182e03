package io.datastored.drain;

import com.google.common.collect.ImmutableList;
import io.datastored.operation.OperationCounts;
import io.datastored.operation.ProcessOperations;
import io.datastored.promise.AwaitedReplica;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A blocker summary counts what is in the way of a mode: all operations in progress that it
 * refuses, and the clients that have not applied it. Immutable. It does not walk the leases; {@link
 * Blockers} lists them.
 *
 * @param operations operations in progress of all processes and leases, of the kinds that the mode
 *     refuses
 * @param processes the processes with such operations that are not leases; for a mode that evicts,
 *     also those that hold the datastore open; by process id
 * @param leases how many of the operations are live leases of remote clients
 * @param forcedLeases how many of them were ended by force and may still be in use
 * @param sessions caching sessions that have not applied the mode
 * @param recoveryLeft how long leases granted before a restart may still be in use without being
 *     counted
 * @param unseen possible operations of another program, which cannot be counted
 * @param replicas other servers with something in the way, or of which nothing is heard
 */
public record BlockerSummary(
    OperationCounts operations,
    ImmutableList<ProcessOperations> processes,
    long leases,
    long forcedLeases,
    long sessions,
    Optional<Duration> recoveryLeft,
    Unseen unseen,
    ImmutableList<AwaitedReplica> replicas) {

  /** A summary without blockers. */
  static final BlockerSummary NOTHING =
      new BlockerSummary(
          OperationCounts.NONE,
          ImmutableList.of(),
          0,
          0,
          0,
          Optional.empty(),
          Unseen.NOTHING,
          ImmutableList.of());

  /** Whether a drain has nothing to wait for. */
  public boolean nothing() {
    return operations.none()
        && processes.isEmpty()
        && leases == 0
        && forcedLeases == 0
        && sessions == 0
        && recoveryLeft.isEmpty()
        && unseen.awaited().isEmpty()
        && replicas.isEmpty();
  }

  /** Whether the two differ in more than the passing of time. */
  boolean differsFrom(BlockerSummary other) {
    return !operations.equals(other.operations)
        || !processes.equals(other.processes)
        || leases != other.leases
        || forcedLeases != other.forcedLeases
        || sessions != other.sessions
        || recoveryLeft.isPresent() != other.recoveryLeft.isPresent()
        || !unseen.equals(other.unseen)
        || !sentences(replicas).equals(sentences(other.replicas));
  }

  private static List<String> sentences(List<AwaitedReplica> replicas) {
    return replicas.stream().map(AwaitedReplica::sentence).toList();
  }

  /** One sentence for people; empty if there is nothing to wait for. */
  public String waitsFor() {
    List<String> parts = new ArrayList<>();
    recoveryLeft.ifPresent(
        left ->
            parts.add(
                "leases from before the restart, for at most %d s"
                    .formatted(left.toSeconds() + 1)));
    count(
        parts,
        sessions,
        "session that has not applied the mode",
        "sessions that have not applied the mode");
    count(parts, leases, "lease", "leases");
    count(
        parts,
        forcedLeases,
        "revoked lease whose holder may not have noticed yet",
        "revoked leases whose holders may not have noticed yet");
    processes.forEach(process -> parts.add(sentenceOf(process)));
    if (parts.isEmpty() && !operations.none()) {
      parts.add("operations that are about to end");
    }
    List<String> sentences = new ArrayList<>();
    if (!parts.isEmpty()) {
      sentences.add("waits for " + String.join(", ", parts));
    }
    replicas.forEach(replica -> sentences.add(replica.sentence() + atMost(replica)));
    unseen.awaited().ifPresent(some -> sentences.add(some.sentence() + " (" + some.detail() + ")"));
    return String.join("; ", sentences);
  }

  private static String atMost(AwaitedReplica replica) {
    return replica instanceof AwaitedReplica.Silent silent
        ? silent
            .left()
            .map(left -> ", and waited for at most %d s".formatted(left.toSeconds() + 1))
            .orElse(", and waited for until an operator decides")
        : "";
  }

  private static String sentenceOf(ProcessOperations process) {
    String who = "process %d (%s)".formatted(process.pid(), process.program());
    long operations = process.counts().read() + process.counts().write();
    return operations == 0
        ? who + " to let go of the base directory"
        : "%d operation%s of %s".formatted(operations, operations == 1 ? "" : "s", who);
  }

  private static void count(List<String> parts, long count, String one, String more) {
    if (count > 0) {
      parts.add(count + " " + (count == 1 ? one : more));
    }
  }
}
