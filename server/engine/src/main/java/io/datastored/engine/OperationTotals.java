package io.datastored.engine;

import com.google.common.collect.ImmutableList;
import io.datastored.config.DatastoreName;
import io.datastored.engine.snapshot.Snapshot;
import io.datastored.file.StoreException;
import io.datastored.history.Doorbell;
import io.datastored.operation.Counters;
import io.datastored.operation.ProcessCounters;
import io.datastored.operation.ProcessOperations;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Operation totals count what is in progress in all live processes. Thread-safe. */
final class OperationTotals {

  private static final Logger log = LoggerFactory.getLogger(OperationTotals.class);

  private final Doorbell doorbell;
  private final SnapshotPublisher publisher;
  private final Counters counters;

  OperationTotals(Doorbell doorbell, SnapshotPublisher publisher, Counters counters) {
    this.doorbell = doorbell;
    this.publisher = publisher;
    this.counters = counters;
  }

  /**
   * The live processes, for display. If they cannot be determined now, those of the last success.
   */
  LiveProcesses census() {
    return new LiveProcesses(publisher.current(), aliveOrKnown());
  }

  private ImmutableList<ProcessCounters> aliveOrKnown() {
    try {
      return counters.live();
    } catch (StoreException e) {
      log.atWarn().log("cannot determine which processes are alive: {}", e.getMessage());
      return counters.known();
    }
  }

  /** One pass over the counters, on a snapshot that is up to date. */
  ConsistentRead pass(DatastoreName name, Snapshot snapshot) throws StoreException {
    // The doorbell before the counters: a lookup that a mode in this snapshot would refuse has
    // either counted before the doorbell was raised for it, and is seen here, or sees the mode
    // after it counted.
    long before = doorbell.read();
    ImmutableList<ProcessOperations> processes =
        new LiveProcesses(snapshot, counters.live()).processes(name);
    // And after them: while the counters were read one by one, the mode may have been cleared, an
    // operation may have started on a counter already read, and the mode may have been set again.
    boolean steady = before == snapshot.generation() && doorbell.read() == before;
    return new ConsistentRead(snapshot, snapshot.find(name), steady, processes);
  }
}
