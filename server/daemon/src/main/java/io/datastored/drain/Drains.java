package io.datastored.drain;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.Streams;
import io.datastored.config.DatastoreName;
import io.datastored.config.MaintenanceMode;
import io.datastored.engine.ConsistentRead;
import io.datastored.engine.Engine;
import io.datastored.engine.LiveProcesses;
import io.datastored.engine.snapshot.Datastore;
import io.datastored.file.StoreException;
import io.datastored.history.Revision;
import io.datastored.lease.CountedLeases;
import io.datastored.lease.HeldLease;
import io.datastored.lease.Leases;
import io.datastored.lease.LiveSession;
import io.datastored.lease.LiveSessions;
import io.datastored.lease.Session;
import io.datastored.operation.Operation;
import io.datastored.operation.OperationCounts;
import io.datastored.operation.ProcessOperations;
import io.datastored.promise.AwaitedReplica;
import io.datastored.promise.Elsewhere;
import io.datastored.promise.Peers;
import io.datastored.promise.SealingPeers;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Drains are the drains of one server: they compute what is in the way of a mode, and begin the
 * question whether anything still is. Thread-safe: it only queries the engine, the leases and the
 * sessions, and keeps no state.
 */
public final class Drains {
  private final Engine engine;
  private final CountedLeases leases;
  private final LiveSessions sessions;
  private final SealingPeers peers;

  /**
   * @param peers all who may have something in the way, beside this server
   */
  public Drains(Engine engine, Leases room, SealingPeers peers) {
    this.engine = engine;
    this.leases = room.counted();
    this.sessions = room.liveSessions();
    this.peers = peers;
  }

  /**
   * Begins the drain of a datastore in a mode other than NONE.
   *
   * @param revision of the snapshot that the datastore is of; it must already be served, so that
   *     every session opened from now on has the mode
   */
  public Drain begin(
      Datastore datastore, Revision revision, DrainPolicy manner, NeighbourManner neighbours) {
    return new Drain(
        this,
        engine,
        leases,
        peers,
        datastore,
        revision,
        Optional.of(since(datastore, revision)),
        manner,
        neighbours);
  }

  /** Has all servers hurry with what is in the way of a mode, until it is closed. */
  SealingPeers.Asking ask(DatastoreName name) {
    return peers.ask(name);
  }

  /** A drain that ends at once, because the mode that it was requested for has changed. */
  public Drain abandoned(Datastore datastore, Revision revision) {
    return new Drain(
        this,
        engine,
        leases,
        peers,
        datastore,
        revision,
        Optional.empty(),
        DrainPolicy.WAIT,
        NeighbourManner.WAIT);
  }

  /** What is in the way of the current mode of a datastore; proves nothing. */
  public BlockerSummary inTheWay(Datastore datastore, Revision revision, LiveProcesses census) {
    return inTheWay(
        datastore.name(),
        datastore.maintenance().mode(),
        census.processes(datastore.name()),
        lagging(datastore, revision).size());
  }

  /** What is in the way of the current mode of a datastore, by name. Walks the leases. */
  public Progress progress(Datastore datastore, Revision revision) {
    return progress(datastore.name(), datastore.maintenance().mode(), lagging(datastore, revision));
  }

  /** What would be in the way of another mode if it were set now, by name. Walks the leases. */
  public Progress would(DatastoreName name, MaintenanceMode mode) {
    Revision now = engine.snapshot().revision();
    Revision next = new Revision(now.incarnation(), now.generation().next());
    return progress(
        name, mode, mode == MaintenanceMode.NONE ? ImmutableList.of() : sessions.lagging(next));
  }

  /** Selects the sessions that a drain of the current mode of a datastore waits for. */
  public Predicate<Session> waitsFor(Datastore datastore, Revision revision) {
    Revision since = since(datastore, revision);
    return datastore.maintenance().mode() == MaintenanceMode.NONE
        ? session -> false
        : session -> session.isBehind(since);
  }

  private ImmutableList<LiveSession> lagging(Datastore datastore, Revision revision) {
    return datastore.maintenance().mode() == MaintenanceMode.NONE
        ? ImmutableList.of()
        : sessions.lagging(since(datastore, revision));
  }

  /**
   * What is in the way of removing a datastore that is in mode DELETE.
   *
   * @param elsewhere begun before the pass was made, as in {@link Drain#look}
   * @param pass made while the configuration cannot change
   * @return if nothing, the datastore may be removed, and no later server lets a client reclaim one
   *     of its leases
   * @throws StoreException also when another server has something in the way that no look has seen
   */
  public BlockerSummary ofRemoval(
      Datastore datastore, Peers.Look elsewhere, ConsistentRead pass, NeighbourManner neighbours)
      throws StoreException {
    BlockerSummary found =
        inTheWay(
            datastore.name(),
            datastore.maintenance().mode(),
            pass.processes(),
            lagging(datastore, pass.snapshot().revision()).size(),
            elsewhere.inTheWay(),
            neighbours);
    if (pass.steady()
        && found.nothing()
        && !peers.sealForCommit(
            datastore.name(),
            datastore.maintenance().mode(),
            since(datastore, pass.snapshot().revision()))) {
      throw new StoreException(
          StoreException.Reason.IN_USE,
          "something is in its way at another server by now: try again");
    }
    return found;
  }

  /** Begins a look at the peers, for {@link #ofRemoval}; call it before the pass is made. */
  public Peers.Look beginLook(DatastoreName name) {
    return peers.begin(name);
  }

  private Progress progress(
      DatastoreName name, MaintenanceMode mode, ImmutableList<LiveSession> behind) {
    BlockerSummary found = inTheWay(name, mode, engine.census().processes(name), behind.size());
    return new Progress(found, blockers(name, mode, found, behind));
  }

  private BlockerSummary inTheWay(
      DatastoreName name,
      MaintenanceMode mode,
      ImmutableList<ProcessOperations> processes,
      long behind) {
    return inTheWay(
        name,
        mode,
        processes,
        behind,
        mode == MaintenanceMode.NONE ? Elsewhere.NOTHING : peers.begin(name).inTheWay(),
        NeighbourManner.WAIT);
  }

  BlockerSummary inTheWay(
      DatastoreName name,
      MaintenanceMode mode,
      ImmutableList<ProcessOperations> processes,
      long behind,
      Elsewhere elsewhere,
      NeighbourManner neighbours) {
    long live = conflicting(name, mode);
    long forced = mode == MaintenanceMode.NONE ? 0 : leases.forced(name);
    OperationCounts operations = OperationCounts.NONE;
    ImmutableList.Builder<ProcessOperations> local = ImmutableList.builder();
    for (ProcessOperations process : processes) {
      OperationCounts conflicting = conflicting(process.counts(), mode);
      operations = operations.plus(conflicting);
      // Operations of this server that are leases are reported as leases.
      boolean works = process.self() ? total(conflicting) > live + forced : !conflicting.none();
      if (works || holdsOpen(process, mode)) {
        local.add(
            new ProcessOperations(
                process.pid(), process.program(), conflicting, process.open(), process.self()));
      }
    }
    return new BlockerSummary(
        operations,
        local.build(),
        live,
        forced,
        behind,
        elsewhere.recoveryLeft(),
        new Unseen(elsewhere.unseen(), neighbours),
        elsewhere.replicas());
  }

  /**
   * The sessions that have not applied a mode; from now on they are kept for one more ttl at most.
   */
  ImmutableList<LiveSession> hurry(Revision since) {
    return sessions.behind(since);
  }

  /** The number of live leases that a mode refuses. */
  long conflicting(DatastoreName name, MaintenanceMode mode) {
    return Stream.of(Operation.READ, Operation.WRITE)
        .filter(operation -> operation.refusedBy(mode))
        .mapToLong(operation -> leases.live(name, operation))
        .sum();
  }

  /** The blockers, and the longest possible wait. Walks the leases. */
  Blockers blockers(
      DatastoreName name,
      MaintenanceMode mode,
      BlockerSummary inTheWay,
      ImmutableList<LiveSession> behind) {
    ImmutableList<HeldLease> held =
        leases.on(name).stream()
            .filter(lease -> lease.lease().operation().refusedBy(mode))
            .collect(ImmutableList.toImmutableList());
    ImmutableList<Blocker> oldest =
        Streams.<Blocker>concat(
                inTheWay.unseen().awaited().stream().map(Blocker.OfUnseen::new),
                inTheWay.processes().stream().map(Blocker.OfProcess::new),
                inTheWay.replicas().stream().flatMap(replica -> Blocker.of(replica, name)),
                behind.stream().map(Blocker.OfSession::new),
                held.stream().map(Blocker.OfLease::new))
            .limit(Blockers.MOST)
            .collect(ImmutableList.toImmutableList());
    return new Blockers(
        oldest,
        inTheWay.processes().isEmpty()
                && inTheWay.unseen().awaited().isEmpty()
                && inTheWay.replicas().stream().allMatch(replica -> left(replica).isPresent())
            ? Optional.of(bound(inTheWay, behind, held))
            : Optional.empty());
  }

  private static Duration bound(
      BlockerSummary inTheWay, ImmutableList<LiveSession> behind, ImmutableList<HeldLease> held) {
    return Stream.of(
            held.stream().map(HeldLease::timeLeft),
            behind.stream().map(LiveSession::timeLeft),
            inTheWay.recoveryLeft().stream(),
            inTheWay.replicas().stream().flatMap(replica -> left(replica).stream()))
        .flatMap(times -> times)
        .max(Duration::compareTo)
        .orElse(Duration.ZERO);
  }

  /** Another server says what it counts, and not for how long. */
  private static Optional<Duration> left(AwaitedReplica replica) {
    return replica instanceof AwaitedReplica.Silent silent ? silent.left() : Optional.empty();
  }

  private static Revision since(Datastore datastore, Revision revision) {
    return new Revision(revision.incarnation(), datastore.maintenance().generation());
  }

  static OperationCounts conflicting(OperationCounts counts, MaintenanceMode mode) {
    return new OperationCounts(
        mode.refusesRead() ? counts.read() : 0, mode.refusesWrite() ? counts.write() : 0);
  }

  /** Whether a process keeps the file system busy although the mode closes the base directory. */
  static boolean holdsOpen(ProcessOperations process, MaintenanceMode mode) {
    return process.open() && mode.evicts() && conflicting(process.counts(), mode).none();
  }

  private static long total(OperationCounts counts) {
    return counts.read() + counts.write();
  }
}
