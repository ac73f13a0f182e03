package io.datastored.engine;

import com.google.common.collect.ImmutableList;
import io.datastored.config.DatastoreName;
import io.datastored.engine.snapshot.Datastore;
import io.datastored.engine.snapshot.Snapshot;
import io.datastored.operation.BasePathHash;
import io.datastored.operation.OperationCounts;
import io.datastored.operation.ProcessCounters;
import io.datastored.operation.ProcessOperations;
import java.util.Comparator;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Live processes are the processes that were alive when this was created. One census serves
 * questions about many datastores. Thread-safe. Each call reads the counters.
 *
 * <p>The operations of a datastore are those counted under its name, and those counted on its base
 * path under any name.
 */
public final class LiveProcesses {

  private final Snapshot snapshot;
  private final ImmutableList<ProcessCounters> processes;

  LiveProcesses(Snapshot snapshot, ImmutableList<ProcessCounters> processes) {
    this.snapshot = snapshot;
    this.processes = processes;
  }

  /** The operations in progress on a datastore in all processes, summed. */
  public OperationCounts counts(DatastoreName name) {
    OperationCounts counts = OperationCounts.NONE;
    for (ProcessOperations process : processes(name)) {
      counts = counts.plus(process.counts());
    }
    return counts;
  }

  /** The processes that have something in progress on a datastore or hold it open, by pid. */
  public ImmutableList<ProcessOperations> processes(DatastoreName name) {
    Datastore datastore = snapshot.get(name);
    return processes.stream()
        .map(process -> operations(process, name, datastore))
        .filter(Predicate.not(ProcessOperations::none))
        .sorted(Comparator.comparingLong(ProcessOperations::pid))
        .collect(ImmutableList.toImmutableList());
  }

  private static ProcessOperations operations(
      ProcessCounters process, DatastoreName name, @Nullable Datastore datastore) {
    return datastore == null
        ? process.operations(name)
        : process.operations(name, BasePathHash.of(datastore.basePath()));
  }
}
