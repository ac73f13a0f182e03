package io.datastored.engine;

import com.google.common.collect.ImmutableList;
import io.datastored.engine.snapshot.Datastore;
import io.datastored.engine.snapshot.Snapshot;
import io.datastored.operation.OperationCounts;
import io.datastored.operation.ProcessOperations;
import java.util.Optional;

/**
 * A consistent read shows everything that is in progress on a datastore at one generation.
 * Immutable.
 *
 * @param snapshot what was served
 * @param datastore in that snapshot
 * @param steady whether the doorbell was at the snapshot's generation both before and after the
 *     counters were read; zeros are reliable only then
 * @param processes those that have something in progress on the datastore or hold it open, by pid
 */
public record ConsistentRead(
    Snapshot snapshot,
    Optional<Datastore> datastore,
    boolean steady,
    ImmutableList<ProcessOperations> processes) {

  /** The operations in progress in all processes, summed. */
  public OperationCounts counts() {
    OperationCounts counts = OperationCounts.NONE;
    for (ProcessOperations process : processes) {
      counts = counts.plus(process.counts());
    }
    return counts;
  }
}
