package io.datastored.drain;

import static com.google.common.collect.ImmutableList.toImmutableList;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.datastored.config.DatastoreName;
import io.datastored.config.MaintenanceMode;
import io.datastored.engine.Engine;
import io.datastored.engine.LiveProcesses;
import io.datastored.engine.snapshot.Datastore;
import io.datastored.engine.snapshot.Snapshot;
import io.datastored.history.Generation;
import io.datastored.history.Revision;
import io.datastored.lease.CountedLeases;
import io.datastored.lease.HeldLease;
import io.datastored.lease.Holder;
import io.datastored.lease.LiveSession;
import io.datastored.lease.LiveSessions;
import io.datastored.operation.OperationCounts;
import io.datastored.operation.ProcessOperations;
import io.datastored.promise.Work;
import java.util.Comparator;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Refused work is what this server counts that modes refuse, for other servers to see. Thread-safe:
 * it only queries others, and keeps one immutable value in one volatile field.
 */
public final class RefusedWork {

  private final Engine engine;
  private final CountedLeases leases;
  private final LiveSessions sessions;

  private volatile @Nullable Modes modes;

  /** The datastores of a snapshot that have a mode. */
  private record Modes(Snapshot snapshot, ImmutableList<Datastore> inMode) {}

  /** Counts what an engine and its leases and sessions have. */
  public RefusedWork(Engine engine, CountedLeases leases, LiveSessions sessions) {
    this.engine = engine;
    this.leases = leases;
    this.sessions = sessions;
  }

  /**
   * The work by datastore, by the modes that are served now; only datastores with any.
   *
   * @param asked whether somebody waits for a drain of a datastore: then its sessions are hurried,
   *     and the oldest of its work is named
   */
  public ImmutableMap<DatastoreName, Work> count(Predicate<DatastoreName> asked) {
    // The snapshot, then the counters: a lookup that has not seen this mode has counted before it
    // looked, or finds the mode.
    Snapshot snapshot = engine.snapshot();
    ImmutableList<Datastore> inMode = inMode(snapshot);
    if (inMode.isEmpty()) {
      return ImmutableMap.of();
    }
    LiveProcesses census = engine.census();
    // One walk: who has not applied an earlier mode has not applied the newest one either.
    ImmutableList<LiveSession> behindAny = sessions.lagging(newest(inMode, snapshot.revision()));
    ImmutableMap.Builder<DatastoreName, Work> work = ImmutableMap.builder();
    for (Datastore datastore : inMode) {
      Revision since = since(datastore, snapshot.revision());
      boolean hurried = asked.test(datastore.name());
      ImmutableList<LiveSession> behind =
          hurried
              ? sessions.behind(since)
              : behindAny.stream()
                  .filter(session -> session.session().isBehind(since))
                  .collect(toImmutableList());
      of(datastore, since.generation(), census, behind, hurried)
          .ifPresent(some -> work.put(datastore.name(), some));
    }
    return work.buildOrThrow();
  }

  /** The datastores with a mode; they are looked for once for each snapshot. */
  private ImmutableList<Datastore> inMode(Snapshot snapshot) {
    Modes known = modes;
    if (known == null || known.snapshot != snapshot) {
      known =
          new Modes(
              snapshot,
              snapshot.byName().stream()
                  .filter(datastore -> datastore.maintenance().mode() != MaintenanceMode.NONE)
                  .collect(toImmutableList()));
      modes = known;
    }
    return known.inMode;
  }

  private static Revision newest(ImmutableList<Datastore> inMode, Revision revision) {
    return inMode.stream()
        .map(datastore -> since(datastore, revision))
        .max(Comparator.comparing(Revision::generation))
        .orElseThrow();
  }

  private static Revision since(Datastore datastore, Revision revision) {
    return new Revision(revision.incarnation(), datastore.maintenance().generation());
  }

  private Optional<Work> of(
      Datastore datastore,
      Generation since,
      LiveProcesses census,
      ImmutableList<LiveSession> behind,
      boolean asked) {
    MaintenanceMode mode = datastore.maintenance().mode();
    OperationCounts counts = OperationCounts.NONE;
    long open = 0;
    for (ProcessOperations process : census.processes(datastore.name())) {
      counts = counts.plus(Drains.conflicting(process.counts(), mode));
      open += Drains.holdsOpen(process, mode) ? 1 : 0;
    }
    if (counts.none() && open == 0 && behind.isEmpty()) {
      return Optional.empty();
    }
    ImmutableList<Work.Item> oldest =
        asked
            ? Stream.concat(
                    behind.stream().map(RefusedWork::item),
                    leases.on(datastore.name()).stream()
                        .filter(lease -> lease.lease().operation().refusedBy(mode))
                        .map(RefusedWork::item))
                .limit(Blockers.MOST)
                .collect(toImmutableList())
            : ImmutableList.of();
    return Optional.of(new Work(since, counts, open, behind.size(), oldest));
  }

  private static Work.Item item(LiveSession session) {
    Holder holder = session.session().holder();
    return new Work.Item(
        Work.Item.Kind.SESSION,
        session.session().id().value(),
        holder.principal().text(),
        holder.client(),
        Optional.empty(),
        session.age(),
        session.timeLeft());
  }

  private static Work.Item item(HeldLease lease) {
    Holder holder = lease.lease().holder();
    return new Work.Item(
        Work.Item.Kind.LEASE,
        lease.lease().id().value(),
        holder.principal().text(),
        holder.client(),
        Optional.of(lease.lease().operation()),
        lease.age(),
        lease.timeLeft());
  }
}
