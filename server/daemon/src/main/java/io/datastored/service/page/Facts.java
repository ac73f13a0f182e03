package io.datastored.service.page;

import com.google.common.collect.ImmutableList;
import io.datastored.config.DatastoreName;
import io.datastored.drain.BlockerSummary;
import io.datastored.engine.Engine;
import io.datastored.engine.LiveProcesses;
import io.datastored.engine.Refused;
import io.datastored.engine.health.Trouble;
import io.datastored.engine.snapshot.Datastore;
import io.datastored.engine.snapshot.DatastoreFault;
import io.datastored.engine.snapshot.Maintenance;
import io.datastored.engine.snapshot.Snapshot;
import io.datastored.operation.Operation;
import io.datastored.operation.OperationCounts;
import io.datastored.probe.Reading;
import io.datastored.probe.Target;
import java.util.Optional;

/**
 * Facts are what the row of a datastore depends on: while they are equal, so is the row. Immutable.
 *
 * @param waitsFor of its mode; empty if nothing is in the way, or there is no mode
 * @param perMilleFree in thousandths; -1 if it is not known
 */
record Facts(
    Optional<Datastore> datastore,
    Optional<DatastoreFault> fault,
    OperationCounts operations,
    long leases,
    ImmutableList<Trouble> troubles,
    String waitsFor,
    Optional<Refused.Reason> read,
    Optional<Refused.Reason> write,
    int perMilleFree,
    String spaceError) {

  static Facts of(DatastoreName name, Snapshot snapshot, LiveProcesses census, RowSources from) {
    Optional<Datastore> served = snapshot.find(name);
    Reading reading =
        served.map(datastore -> from.probes().reading(Target.of(datastore))).orElse(Reading.NONE);
    return new Facts(
        served,
        snapshot.fault(name),
        census.counts(name),
        from.leases().applyAsLong(name),
        from.engine().troubles().of(name),
        served
            .filter(datastore -> !datastore.maintenance().equals(Maintenance.NONE))
            .map(datastore -> from.drains().inTheWay(datastore, snapshot.revision(), census))
            .map(BlockerSummary::waitsFor)
            .orElse(""),
        verdict(from.engine(), name, Operation.READ),
        verdict(from.engine(), name, Operation.WRITE),
        perMilleFree(reading),
        reading.error());
  }

  private static Optional<Refused.Reason> verdict(
      Engine engine, DatastoreName name, Operation operation) {
    return engine.verdict(name, operation).map(Refused::reason);
  }

  private static int perMilleFree(Reading reading) {
    return reading
        .measurement()
        .filter(known -> known.space().total() > 0)
        .map(known -> (int) (known.space().available() / (known.space().total() / 1000.0)))
        .orElse(-1);
  }

  /** Whether it changes by itself, so that it is looked at often. */
  boolean isLively() {
    return leases > 0
        || !operations.none()
        || !troubles.isEmpty()
        || datastore.map(each -> !each.maintenance().equals(Maintenance.NONE)).orElse(true);
  }

  /** Whether an operator may have to look at it, now or when time has passed. */
  boolean mayNeedSomebody() {
    return !troubles.isEmpty()
        || fault.isPresent()
        || !waitsFor.isEmpty()
        || datastore.flatMap(each -> each.maintenance().expectedEnd()).isPresent()
        || datastore.map(each -> !each.mountState().usable()).orElse(true)
        || (perMilleFree >= 0 && perMilleFree <= DatastoreNeeds.LITTLE_SPACE_PER_MILLE);
  }
}
