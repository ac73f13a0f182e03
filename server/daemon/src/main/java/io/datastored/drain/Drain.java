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

/**
 * A drain is the question whether anything that the present mode of a datastore refuses is still in
 * progress. Immutable: it is a question, not a task, so to forget it changes nothing, and who asks
 * again, of this server or of the next, goes on where things are.
 *
 * <p>It says DRAINED after one whole pass of zeros under one generation, when recovery is over, no
 * caching session is behind the mode, no peer has anything in the way, and the last of them have
 * sealed it.
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
   * @param since the revision that set the mode; empty: the mode is another one already
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

  /** What it was asked about, as long as it could not look: nothing is known to be in the way. */
  public DrainObservation begun() {
    return begun;
  }

  /** Looks once. May touch the disk. */
  public DrainObservation look() throws StoreException {
    if (since.isEmpty()) {
      return aborted(engine.freshSnapshot());
    }
    // Before the counters. A lease that is continued in recovery is counted though the mode refuses
    // it: counters that are read while it may still come prove nothing, even if recovery is over a
    // moment later.
    Peers.Look elsewhere = peers.begin(name);
    ImmutableList<LiveSession> behind = drains.hurry(since.get());
    if (manner == DrainPolicy.FORCE && drains.conflicting(name, mode) > 0) {
      endLeases();
    }
    ConsistentRead pass = engine.pass(name);
    Snapshot snapshot = pass.snapshot();
    Optional<Maintenance> present = modeIn(snapshot);
    if (present.isEmpty()) {
      return aborted(snapshot);
    }
    // After the counters. The mode has been in the file since before the first look, so a program
    // that reads the file from now on obeys it. One that had read it before shows itself (its pid
    // file) only a while later: asked before the counters, it could show itself while they are read
    // and the zeros would be believed.
    BlockerSummary found =
        drains.inTheWay(
            name, mode, pass.processes(), behind.size(), elsewhere.inTheWay(), neighbours);
    if (!pass.steady() || !found.nothing()) {
      return look(DrainState.DRAINING, snapshot, present.get(), found, behind);
    }
    return peers.seal(name, mode, since.get())
        ? look(DrainState.DRAINED, snapshot, present.get(), found, behind)
        : aborted(engine.freshSnapshot());
  }

  /** What a look has found, with names. Walks the leases. */
  public Progress progress(DrainObservation look) {
    return new Progress(
        look.inTheWay(), drains.blockers(name, mode, look.inTheWay(), look.behind()));
  }

  private void endLeases() throws StoreException {
    // The floor first: a lease that is continued, in recovery, after those that are there were
    // ended would be one that force has missed; and a holder that has not heard of the force must
    // not be believed by the next server.
    peers.raiseFloor(name, mode);
    leases.forceEnd(name, mode);
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
