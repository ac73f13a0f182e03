package io.datastored.service.wire;

import io.datastored.drain.Blocker;
import io.datastored.drain.Blocker.OfLease;
import io.datastored.drain.Blocker.OfProcess;
import io.datastored.drain.Blocker.OfRemote;
import io.datastored.drain.Blocker.OfReplica;
import io.datastored.drain.Blocker.OfSession;
import io.datastored.drain.Blocker.OfUnseen;
import io.datastored.drain.BlockerSummary;
import io.datastored.drain.Blockers;
import io.datastored.drain.Progress;
import io.datastored.operation.OperationCounts;
import io.datastored.operation.ProcessOperations;
import io.datastored.service.wire.ProtoSessions.Viewer;
import io.datastored.v1.DrainProgress;
import io.datastored.v1.DrainStatus;
import io.datastored.v1.LocalProcess;

/** Proto drains convert what a drain waits for to the contract. Stateless. */
public final class ProtoDrains {
  private ProtoDrains() {}

  /**
   * What a drain waits for.
   *
   * @param to the caller
   */
  public static DrainProgress progress(Progress progress, Viewer to) {
    BlockerSummary inTheWay = progress.inTheWay();
    Blockers blockers = progress.blockers();
    var proto =
        DrainProgress.newBuilder()
            .setOperations(counts(inTheWay.operations()))
            .setLeases(inTheWay.leases())
            .setSessions(inTheWay.sessions())
            .setForcedLeases(inTheWay.forcedLeases())
            .setPbsIgnored(inTheWay.unseen().ignored());
    inTheWay.recoveryLeft().map(ProtoTimes::duration).ifPresent(proto::setRecoveryLeft);
    blockers.bound().map(ProtoTimes::duration).ifPresent(proto::setBound);
    inTheWay.replicas().stream().map(ProtoReplicas::awaited).forEach(proto::addReplicas);
    blockers.oldest().forEach(blocker -> proto.addBlockers(of(blocker, to)));
    return proto.build();
  }

  /**
   * The progress without counts and blockers, for callers that may not see who uses the datastore.
   */
  public static DrainProgress progressWithoutHolders(BlockerSummary inTheWay) {
    var proto = DrainProgress.newBuilder().setPbsIgnored(inTheWay.unseen().ignored());
    inTheWay.recoveryLeft().map(ProtoTimes::duration).ifPresent(proto::setRecoveryLeft);
    return proto.build();
  }

  public static DrainStatus status(BlockerSummary inTheWay) {
    var proto =
        DrainStatus.newBuilder()
            .setDrained(inTheWay.nothing())
            .setOperations(counts(inTheWay.operations()))
            .setLeases(inTheWay.leases())
            .setSessions(inTheWay.sessions())
            .setForcedLeases(inTheWay.forcedLeases())
            .setWaitsFor(inTheWay.waitsFor());
    inTheWay.recoveryLeft().map(ProtoTimes::duration).ifPresent(proto::setRecoveryLeft);
    return proto.build();
  }

  /** How far a drain is, in one word or two for people. */
  public static String progress(DrainStatus drain) {
    if (drain.getDrained()) {
      return "drained";
    }
    io.datastored.v1.OperationCounts operations = drain.getOperations();
    boolean isUsed =
        operations.getRead() > 0
            || operations.getWrite() > 0
            || drain.getLeases() > 0
            || drain.getSessions() > 0
            || drain.getForcedLeases() > 0;
    // Before the end of the recovery nobody knows whether all users have come back.
    return drain.hasRecoveryLeft() && !isUsed ? "recovering" : "in use";
  }

  private static io.datastored.v1.Blocker of(Blocker blocker, Viewer to) {
    var proto = io.datastored.v1.Blocker.newBuilder();
    if (blocker instanceof OfLease of) {
      return proto.setLease(ProtoSessions.lease(of.lease(), to)).build();
    }
    if (blocker instanceof OfSession of) {
      return proto.setSession(ProtoSessions.session(of.session(), to)).build();
    }
    if (blocker instanceof OfReplica of) {
      return proto.setReplica(ProtoReplicas.awaited(of.replica())).build();
    }
    if (blocker instanceof OfRemote of) {
      return ProtoReplicas.remote(of.replica(), of.datastore(), of.item(), to.principal());
    }
    if (blocker instanceof OfUnseen of) {
      return proto
          .setUnseen(
              io.datastored.v1.UnseenOperations.newBuilder()
                  .setProgram(of.operations().program())
                  .setDetail(of.operations().detail()))
          .build();
    }
    return proto.setProcess(process(((OfProcess) blocker).process())).build();
  }

  public static LocalProcess process(ProcessOperations process) {
    return LocalProcess.newBuilder()
        .setPid(process.pid())
        .setName(process.program())
        .setOperations(counts(process.counts()))
        .build();
  }

  public static io.datastored.v1.OperationCounts counts(OperationCounts counts) {
    return io.datastored.v1.OperationCounts.newBuilder()
        .setRead(counts.read())
        .setWrite(counts.write())
        .build();
  }
}
