package io.datastored.drain;

import io.datastored.config.DatastoreName;
import io.datastored.config.MaintenanceMode;
import io.datastored.engine.Engine;
import io.datastored.lease.HeldLease;
import io.datastored.lease.LeaseTable;
import io.datastored.operation.Operation;
import io.datastored.operation.OperationCounts;
import java.time.Duration;
import java.util.Optional;

/**
 * Conflicts are what is in progress against a mode. Thread-safe: it only asks the counters and the
 * leases. It is an answer for operators and proves nothing: a drain needs one pass of zeros under
 * one generation.
 */
public final class Conflicts {
  private final Engine engine;
  private final LeaseTable leases;

  public Conflicts(Engine engine, LeaseTable leases) {
    this.engine = engine;
    this.leases = leases;
  }

  /** What a drain would have to wait for if the datastore were in this mode. */
  public InTheWay with(DatastoreName name, MaintenanceMode mode) {
    var conflicting =
        leases.on(name).stream().filter(held -> held.lease().operation().refusedBy(mode)).toList();
    OperationCounts all = engine.operations(name);
    OperationCounts operations =
        new OperationCounts(
            Operation.READ.refusedBy(mode) ? all.read() : 0,
            Operation.WRITE.refusedBy(mode) ? all.write() : 0);
    boolean local = operations.read() + operations.write() > conflicting.size();
    Optional<Duration> bound =
        local
            ? Optional.empty()
            : Optional.of(
                conflicting.stream()
                    .map(HeldLease::timeLeft)
                    .max(Duration::compareTo)
                    .orElse(Duration.ZERO));
    return new InTheWay(operations, conflicting.size(), bound);
  }
}
