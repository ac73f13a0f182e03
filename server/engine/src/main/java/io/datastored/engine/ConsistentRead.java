package io.datastored.engine;

import com.google.common.collect.ImmutableList;
import io.datastored.engine.snapshot.Datastore;
import io.datastored.engine.snapshot.Snapshot;
import io.datastored.operation.OperationCounts;
import io.datastored.operation.ProcessOperations;
import java.util.Optional;

/**
 * A consistent read is one look at everything that is in progress on a datastore, with the
 * generation that it holds for. Immutable.
 *
 * @param snapshot what was served
 * @param datastore in that snapshot
 * @param steady whether the doorbell stood at the generation of the snapshot before the counters
 *     were read and after: only then do zeros count
 * @param processes those that have something in progress on the datastore or hold it open, by pid
 */
public record ConsistentRead(
    Snapshot snapshot,
    Optional<Datastore> datastore,
    boolean steady,
    ImmutableList<ProcessOperations> processes) {

  /** What is in progress in all processes together. */
  public OperationCounts counts() {
    OperationCounts counts = OperationCounts.NONE;
    for (ProcessOperations process : processes) {
      counts = counts.plus(process.counts());
    }
    return counts;
  }
}
