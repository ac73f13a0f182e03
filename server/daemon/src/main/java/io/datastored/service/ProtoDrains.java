package io.datastored.service;

import io.datastored.drain.InTheWay;
import io.datastored.operation.OperationCounts;
import io.datastored.v1.DrainProgress;

/** What a drain waits for, as the contract carries it. Stateless. */
final class ProtoDrains {
  private ProtoDrains() {}

  static DrainProgress progress(InTheWay inTheWay) {
    var proto =
        DrainProgress.newBuilder()
            .setOperations(counts(inTheWay.operations()))
            .setLeases(inTheWay.leases());
    inTheWay.bound().map(ProtoTimes::duration).ifPresent(proto::setBound);
    return proto.build();
  }

  static io.datastored.v1.OperationCounts counts(OperationCounts counts) {
    return io.datastored.v1.OperationCounts.newBuilder()
        .setRead(counts.read())
        .setWrite(counts.write())
        .build();
  }
}
