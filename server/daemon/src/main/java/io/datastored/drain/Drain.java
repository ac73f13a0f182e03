package io.datastored.drain;

import com.google.common.collect.ImmutableList;
import io.datastored.config.DatastoreName;
import io.datastored.config.MaintenanceMode;
import io.datastored.engine.ConsistentRead;
import io.datastored.engine.Engine;
import io.datastored.engine.snapshot.Datastore;
import io.datastored.engine.snapshot.Maintenance;
import io.datastored.engine.snapshot.Snapshot;
import io.datastored.file.StoreException;
import io.datastored.history.Revision;
import io.datastored.lease.CountedLeases;
import io.datastored.lease.LiveSession;
import io.datastored.promise.Peers;
import io.datastored.promise.SealingPeers;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A drain is the question whether any operation that the current mode of a datastore refuses is
 * still in progress. Immutable: it is a question and not a task. Abandoning it changes nothing, and
 * a new drain, on this server or the next, continues from the current state.
 *
 * <p>It reports DRAINED after one whole pass of zeros under one generation, if recovery is over,
 * every caching session has applied the mode, no peer has anything in the way, and the last of the
 * peers have sealed the mode.
 */
public final class Drain {
  private final Drains drains;
  private final Engine engine;
  private final CountedLeases leases;
  private final SealingPeers peers;
  private final DatastoreName name;
  private final MaintenanceMode mode;
  private final Optional<Revision> since;
  private final DrainPolicy manner;
  private final NeighbourManner neighbours;
  private final DrainObservation begun;

  /**
   * @param revision of the snapshot that the datastore is of
   * @param since the revision that set the mode; empty: the mode has already changed
   */
  Drain(
      Drains drains,
      Engine engine,
      CountedLeases leases,
      SealingPeers peers,
      Datastore begun,
      Revision revision,
      Optional<Revision> since,
      DrainPolicy manner,
      NeighbourManner neighbours) {
    this.drains = drains;
    this.engine = engine;
    this.leases = leases;
    this.peers = peers;
    this.name = begun.name();
    this.mode = begun.maintenance().mode();
    this.since = since;
    this.manner = manner;
    this.neighbours = neighbours;
    this.begun =
        new DrainObservation(
            DrainState.DRAINING,
            revision,
            begun.maintenance(),
            BlockerSummary.NOTHING,
            ImmutableList.of(),
            since.orElse(revision));
  }

  /** Has all servers hurry with what is in its way, until it is closed. */
  public SealingPeers.Asking ask() {
    return drains.ask(name);
  }

  /** The observation before the first successful look: nothing is known to be in the way. */
  public DrainObservation begun() {
    return begun;
  }

  /** Looks once. May touch the disk. */
  public DrainObservation look() throws StoreException {
    if (since.isEmpty()) {
      return aborted(engine.freshSnapshot());
    }
    // Before the counters. A lease that is continued in recovery is counted although the mode
    // refuses it. Counters that are read while it may still come prove nothing, even if recovery is
    // over a moment later.
    Peers.Look elsewhere = peers.begin(name);
    ImmutableList<LiveSession> behind = drains.hurry(since.get());
    if (manner == DrainPolicy.FORCE && mayHaveLeases(elsewhere)) {
      endLeases();
    }
    ConsistentRead pass = engine.pass(name);
    Snapshot snapshot = pass.snapshot();
    Optional<Maintenance> present = modeIn(snapshot);
    if (present.isEmpty()) {
      return aborted(snapshot);
    }
    // After the counters. The mode has been in the file since before the first look, so a program
    // that reads the file from now on obeys it. A program that read the file earlier becomes
    // visible (its pid file) only some time later: if it were checked before the counters, it could
    // appear while they are read, and the zeros would be trusted.
    BlockerSummary found =
        drains.inTheWay(
            name, mode, pass.processes(), behind.size(), elsewhere.inTheWay(), neighbours);
    if (!pass.steady() || !found.nothing()) {
      return look(DrainState.DRAINING, snapshot, present.get(), found, behind);
    }
    if (peers.seal(name, mode, since.get())) {
      return look(DrainState.DRAINED, snapshot, present.get(), found, behind);
    }
    Snapshot fresh = engine.freshSnapshot();
    Optional<Maintenance> still = modeIn(fresh);
    // With the mode still there, another server has something in the way by now.
    return still.isPresent()
        ? look(DrainState.DRAINING, fresh, still.get(), found, behind)
        : aborted(fresh);
  }

  /** The result of a look, with the blockers by name. Walks the leases. */
  public Progress progress(DrainObservation look) {
    return new Progress(
        look.inTheWay(), drains.blockers(name, mode, look.inTheWay(), look.behind()));
  }

  /** Whether there are leases to end, here or at another server. */
  private boolean mayHaveLeases(Peers.Look elsewhere) {
    return drains.conflicting(name, mode) > 0 || !elsewhere.inTheWay().replicas().isEmpty();
  }

  private void endLeases() throws StoreException {
    // The floor first. A lease that is continued in recovery after the present ones were ended
    // would escape the force; and the next server must not accept a holder that has not learned of
    // the force.
    OptionalLong dead = peers.raiseFloor(name, mode, since.orElseThrow());
    // By the token: the mode may have been cleared since, and leases been granted.
    dead.ifPresent(
        last -> leases.forceEnd(name, operation -> operation.refusedBy(mode) ? last : 0));
  }

  /** The mode of the datastore, if it is the one that this drain waits for. */
  private Optional<Maintenance> modeIn(Snapshot snapshot) {
    return since
        .filter(set -> snapshot.isInMode(name, set))
        .flatMap(set -> snapshot.find(name))
        .map(Datastore::maintenance);
  }

  private DrainObservation aborted(Snapshot snapshot) {
    Maintenance present = snapshot.find(name).map(Datastore::maintenance).orElse(Maintenance.NONE);
    return look(DrainState.ABORTED, snapshot, present, BlockerSummary.NOTHING, ImmutableList.of());
  }

  private DrainObservation look(
      DrainState state,
      Snapshot snapshot,
      Maintenance present,
      BlockerSummary found,
      ImmutableList<LiveSession> behind) {
    return new DrainObservation(
        state, snapshot.revision(), present, found, behind, since.orElse(snapshot.revision()));
  }

  @Override
  public String toString() {
    return "drain of " + name + " in mode " + mode.word();
  }
}
