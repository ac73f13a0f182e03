package io.datastored.engine;

import io.datastored.config.DatastoreName;
import io.datastored.engine.snapshot.Datastore;
import io.datastored.engine.snapshot.DatastoreRuntime;
import io.datastored.engine.snapshot.Snapshot;
import io.datastored.file.StoreException;
import io.datastored.history.Doorbell;
import io.datastored.history.Store;
import io.datastored.mount.MountState;
import io.datastored.operation.Blocking;
import io.datastored.operation.Operation;
import io.datastored.operation.Stripe;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An admission decides whether an operation may start, and counts it if so. Thread-safe: it takes a
 * lock only if something has changed.
 *
 * <p>A lookup counts first and then checks again. This prevents the following interleaving: a
 * lookup finds no maintenance mode and is descheduled; the mode {@code offline} is committed and
 * the doorbell is raised; a drain reads the counters, finds zero and reports DRAINED; the lookup
 * resumes, counts and starts to write. With the second check at least one of the two sees the
 * other: the add to the counter comes before the second read of the doorbell, the doorbell is
 * raised before the drain reads the counters, and all four are sequentially consistent.
 *
 * <p>Fields are read in one order everywhere: doorbell, snapshot, counter, doorbell.
 */
final class Admission {

  private final SnapshotPublisher publisher;
  private final Committer committer;
  private final Doorbell doorbell;
  private final Devices devices;
  private final Freshness freshness;
  private final EngineHealth health;

  Admission(
      SnapshotPublisher publisher,
      Committer committer,
      Doorbell doorbell,
      Devices devices,
      Freshness freshness,
      EngineHealth health) {
    this.publisher = publisher;
    this.committer = committer;
    this.doorbell = doorbell;
    this.devices = devices;
    this.freshness = freshness;
    this.health = health;
  }

  /**
   * Decides on one operation.
   *
   * @return null if the decision cannot be made without blocking
   */
  @Nullable Lookup decide(DatastoreName name, Operation operation, Blocking blocking) {
    long rung = doorbell.readAcquire();
    Snapshot snapshot = publisher.current();
    String unusable = health.unusable();
    if (unusable != null) {
      return Refused.notReady(snapshot, name, operation, unusable);
    }
    if (snapshot.generation() != rung || freshness == Freshness.EVERY_LOOKUP) {
      if (blocking == Blocking.FORBIDDEN) {
        return null;
      }
      try {
        snapshot = catchUp(rung);
      } catch (StoreException e) {
        return Refused.notReady(snapshot, name, operation, e.getMessage());
      }
    }
    Datastore datastore = snapshot.get(name);
    if (datastore == null) {
      return Refused.unknown(snapshot, name, operation);
    }
    if (datastore.refuses(operation)) {
      return Refused.underMaintenance(snapshot, datastore, operation);
    }
    if (!operation.counted()) {
      return new Handle(datastore, snapshot.revision(), operation, datastore.mountState(), null);
    }
    MountState mounted = MountState.NOT_REMOVABLE;
    if (datastore.removable()) {
      if (blocking == Blocking.FORBIDDEN) {
        return refusedIfHanging(snapshot, datastore, operation);
      }
      Optional<MountState> seen = devices.look(datastore);
      if (seen.isEmpty()) {
        return hanging(snapshot, datastore, operation);
      }
      mounted = seen.get();
      if (!mounted.usable()) {
        return Refused.notMounted(snapshot, datastore, operation);
      }
    }
    DatastoreRuntime runtime = datastore.runtime();
    Stripe counted = runtime.enter(operation);
    if (counted == null) {
      if (blocking == Blocking.FORBIDDEN) {
        return refusedIfHanging(snapshot, datastore, operation);
      }
      try {
        counted = runtime.enterOrOpen(operation);
      } catch (StoreException e) {
        // No other process would see the operation, or its file system hangs: it must not start.
        return Refused.notReady(snapshot, name, operation, e.getMessage());
      }
    }
    // The second check, after the count. See the class comment.
    long again = doorbell.read();
    if (again == snapshot.generation()) {
      return new Handle(datastore, snapshot.revision(), operation, mounted, counted);
    }
    return decideAgain(runtime, counted, name, operation, blocking, again);
  }

  /**
   * Decides again after a commit between the first check and the count. The count is kept while the
   * snapshot is brought up to date and the decision is repeated on it, so any later commit sees the
   * count. Undoing the count and retrying might never finish under a steady stream of changes.
   */
  private @Nullable Lookup decideAgain(
      DatastoreRuntime runtime,
      Stripe counted,
      DatastoreName name,
      Operation operation,
      Blocking blocking,
      long generation) {
    if (blocking == Blocking.FORBIDDEN) {
      runtime.exit(counted, operation);
      return null;
    }
    Snapshot snapshot;
    try {
      snapshot = committer.atLeast(generation);
    } catch (StoreException e) {
      runtime.exit(counted, operation);
      return Refused.notReady(publisher.current(), name, operation, e.getMessage());
    }
    Datastore datastore = snapshot.get(name);
    if (datastore == null) {
      runtime.exit(counted, operation);
      return Refused.unknown(snapshot, name, operation);
    }
    if (datastore.runtime() != runtime) {
      // The datastore was moved to another base path: the count belongs to the old one. Start over.
      runtime.exit(counted, operation);
      return decide(name, operation, blocking);
    }
    if (datastore.refuses(operation)) {
      runtime.exit(counted, operation);
      return Refused.underMaintenance(snapshot, datastore, operation);
    }
    Optional<MountState> mounted = devices.look(datastore);
    if (mounted.isEmpty()) {
      runtime.exit(counted, operation);
      return hanging(snapshot, datastore, operation);
    }
    if (!mounted.get().usable()) {
      runtime.exit(counted, operation);
      return Refused.notMounted(snapshot, datastore, operation);
    }
    return new Handle(datastore, snapshot.revision(), operation, mounted.get(), counted);
  }

  /**
   * The refusal if the file system is already known to hang, so that repeated requests for it
   * occupy no thread; null if the file system must be accessed.
   */
  private static @Nullable Lookup refusedIfHanging(
      Snapshot snapshot, Datastore datastore, Operation operation) {
    return datastore.runtime().hang().isPresent() ? hanging(snapshot, datastore, operation) : null;
  }

  /** The refusal of an operation that needs a file system which is known to hang. */
  static Optional<Refused> hangs(Snapshot snapshot, DatastoreName name, Operation operation) {
    return snapshot
        .find(name)
        .filter(datastore -> operation.counted())
        .filter(datastore -> datastore.removable() || datastore.runtime().closed())
        .filter(datastore -> datastore.runtime().hang().isPresent())
        .map(datastore -> hanging(snapshot, datastore, operation));
  }

  private static Refused hanging(Snapshot snapshot, Datastore datastore, Operation operation) {
    return Refused.notReady(
        snapshot, datastore.name(), operation, datastore.runtime().whyNotAnswered());
  }

  private Snapshot catchUp(long rung) throws StoreException {
    if (freshness == Freshness.EVERY_LOOKUP) {
      Optional<Duration> unused = committer.check(Store.Look.AT_STAMPS);
      return publisher.current();
    }
    return committer.atLeast(rung);
  }

  /** A snapshot that includes every change committed before this call. */
  Snapshot fresh() throws StoreException {
    return catchUp(doorbell.read());
  }

  /** The directory in which removable datastores are mounted. */
  Path mounts() {
    return devices.mounts();
  }
}
