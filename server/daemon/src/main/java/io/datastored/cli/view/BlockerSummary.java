package io.datastored.cli.view;

import com.google.common.collect.ImmutableList;
import io.datastored.v1.Blocker;
import io.datastored.v1.DrainProgress;
import io.datastored.v1.HeldLease;
import io.datastored.v1.LocalProcess;
import io.datastored.v1.OperationCounts;
import io.datastored.v1.Session;
import io.datastored.v1.UnseenOperations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** A blocker summary is what a drain waits for, as text for operators. Immutable. */
public record BlockerSummary(DrainProgress progress) {

  public static final String PBS_IGNORED =
      "Operations of Proxmox Backup Server were not seen and not waited for (--ignore-pbs).";

  private static final String CANNOT_TELL = "the server cannot check for blockers at the moment: ";

  /** {@code 212 sessions to acknowledge, 3 writes in the way, oldest 41m, at most 12s}. */
  public String sentence() {
    List<String> parts = new ArrayList<>();
    if (progress.getSessions() > 0) {
      parts.add(HumanFormat.count(progress.getSessions(), "session") + " to acknowledge");
    }
    if (hasOperations()) {
      parts.add(counts(progress.getOperations()) + " in the way");
    }
    oldest().ifPresent(age -> parts.add("oldest " + HumanFormat.age(age)));
    if (progress.getForcedLeases() > 0) {
      parts.add(
          HumanFormat.count(progress.getForcedLeases(), "lease")
              + " ended by force, not surely noticed yet");
    }
    if (progress.hasRecoveryLeft()) {
      parts.add(
          "recovering after a restart, for %s at most"
              .formatted(HumanFormat.atMost(progress.getRecoveryLeft())));
    }
    // The bound of all says it too.
    progress.getReplicasList().stream()
        .map(progress.hasBound() ? ReplicaText::who : ReplicaText::of)
        .forEach(parts::add);
    progress.getBlockersList().stream()
        .filter(Blocker::hasUnseen)
        .forEach(blocker -> parts.add(unseen(blocker.getUnseen())));
    if (parts.isEmpty()) {
      return trouble().map(why -> CANNOT_TELL + why).orElse("nothing is in the way");
    }
    if (parts.size() > 1 || !progress.hasRecoveryLeft()) {
      parts.add(bound());
    }
    trouble().ifPresent(why -> parts.add(CANNOT_TELL + why));
    return String.join(", ", parts);
  }

  /** Why the server cannot determine what is in the way. */
  Optional<String> trouble() {
    return Optional.of(VisibleText.of(progress.getTrouble())).filter(why -> !why.isEmpty());
  }

  /** The blockers without ages, so that the list changes only when the drain makes progress. */
  public ImmutableList<String> who() {
    return progress.getBlockersList().stream()
        .map(BlockerSummary::who)
        .collect(ImmutableList.toImmutableList());
  }

  /** One line per blocker, with ages. */
  public ImmutableList<String> lines() {
    return progress.getBlockersList().stream()
        .map(blocker -> who(blocker) + when(blocker))
        .collect(ImmutableList.toImmutableList());
  }

  /** {@code 3 writes and 1 read}. */
  static String counts(OperationCounts counts) {
    List<String> parts = new ArrayList<>();
    if (counts.getWrite() > 0) {
      parts.add(HumanFormat.count(counts.getWrite(), "write"));
    }
    if (counts.getRead() > 0) {
      parts.add(HumanFormat.count(counts.getRead(), "read"));
    }
    return parts.isEmpty() ? "nothing" : String.join(" and ", parts);
  }

  private boolean hasOperations() {
    return progress.getOperations().getRead() + progress.getOperations().getWrite() > 0;
  }

  private String bound() {
    if (!progress.hasBound()) {
      return "for as long as they take";
    }
    return "at most "
        + HumanFormat.atMost(progress.getBound())
        + (progress.getLeases() > 0 ? " if nobody renews" : "");
  }

  private Optional<Duration> oldest() {
    return progress.getBlockersList().stream()
        .filter(Blocker::hasLease)
        .map(blocker -> HumanFormat.of(blocker.getLease().getAge()))
        .max(Comparator.naturalOrder());
  }

  private static String who(Blocker blocker) {
    return switch (blocker.getKindCase()) {
      case LEASE -> who(blocker.getLease());
      case SESSION ->
          "session of "
              + Labels.of(blocker.getSession().getHolder())
              + ReplicaText.at(blocker.getSession().getReplica());
      case PROCESS -> who(blocker.getProcess());
      case REPLICA -> ReplicaText.who(blocker.getReplica());
      case UNSEEN ->
          "%s: %s"
              .formatted(
                  unseen(blocker.getUnseen()), VisibleText.of(blocker.getUnseen().getDetail()));
      case KIND_NOT_SET -> "a blocker unknown to this version";
    };
  }

  private static String unseen(UnseenOperations unseen) {
    return "operations of %s cannot be seen".formatted(VisibleText.of(unseen.getProgram()));
  }

  private static String who(HeldLease held) {
    return "%s lease of %s%s%s"
        .formatted(
            Labels.of(held.getLease().getOperation()),
            Labels.of(held.getHolder()),
            held.getPurpose().isEmpty() ? "" : " \"" + VisibleText.of(held.getPurpose()) + "\"",
            ReplicaText.at(held.getReplica()));
  }

  private static String who(LocalProcess process) {
    return "%s of process %d%s on the server's host"
        .formatted(
            counts(process.getOperations()),
            process.getPid(),
            process.getName().isEmpty() ? "" : " (" + VisibleText.of(process.getName()) + ")");
  }

  private static String when(Blocker blocker) {
    return switch (blocker.getKindCase()) {
      case LEASE ->
          ", %s old".formatted(HumanFormat.age(blocker.getLease().getAge()))
              + (blocker.getLease().hasIdle()
                  ? ", renewed %s ago".formatted(HumanFormat.age(blocker.getLease().getIdle()))
                  : "");
      case SESSION -> when(blocker.getSession());
      case REPLICA -> ReplicaText.atMost(blocker.getReplica());
      case PROCESS, UNSEEN, KIND_NOT_SET -> "";
    };
  }

  private static String when(Session session) {
    if (!session.getReplica().isEmpty() && !session.hasIdle()) {
      // Of a session at another server that is not known.
      return ", %s old".formatted(HumanFormat.age(session.getAge()));
    }
    return ", %s, behind for %s, last heard from %s ago"
        .formatted(
            session.hasApplied()
                ? "has applied generation " + session.getApplied().getGeneration()
                : "has applied nothing yet",
            HumanFormat.age(session.getLag()),
            HumanFormat.age(session.getIdle()));
  }
}
