package io.datastored.engine;

import io.datastored.config.DatastoreName;
import io.datastored.config.DatastoreSettings;
import io.datastored.config.StoreException;
import io.datastored.engine.WriteOutcome.Rejected;
import io.datastored.generation.Doorbell;
import io.datastored.mount.MountCheck;
import io.datastored.mount.MountState;
import io.datastored.operation.Operation;
import io.datastored.operation.OperationCounts;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * An engine answers whether a datastore may be used now and with which configuration, and counts
 * who is working on what. Thread-safe: a lookup that finds nothing changed takes no lock, makes no
 * system call and allocates nothing but the handle.
 *
 * <p>A lookup counts first and then checks again. The interleaving that this prevents: a lookup
 * finds no maintenance mode and is put to sleep; the mode {@code offline} is committed and the
 * doorbell rung; a drain reads the counters, finds zero and says DRAINED; the lookup wakes up,
 * counts and begins to write. With the second look one of the two sees the other: the add to the
 * counter comes before the second read of the doorbell, the ring comes before the drain's read of
 * the counters, and all four are sequentially consistent.
 *
 * <p>Fields are read in one order everywhere: doorbell, snapshot, counter, doorbell.
 */
public final class Engine implements AutoCloseable {

  /** What a write is meant to do. */
  public enum Intent {
    /** Change the configuration. */
    COMMIT,
    /** Answer what would happen, change nothing. */
    VALIDATE_ONLY
  }

  /** When an answer must not be older than the file itself. */
  enum Freshness {
    /** The doorbell tells of every change. */
    DOORBELL,
    /** There is no shared page: every lookup compares the file. Slow, and right. */
    EVERY_LOOKUP
  }

  private final SnapshotCache cache;
  private final Reload reload;
  private final Doorbell doorbell;
  private final MountCheck mounts;
  private final Runtimes runtimes;
  private final Freshness freshness;
  private final Background background;

  Engine(
      SnapshotCache cache,
      Reload reload,
      Doorbell doorbell,
      MountCheck mounts,
      Runtimes runtimes,
      Freshness freshness,
      Background background) {
    this.cache = cache;
    this.reload = reload;
    this.doorbell = doorbell;
    this.mounts = mounts;
    this.runtimes = runtimes;
    this.freshness = freshness;
    this.background = background;
  }

  /**
   * Opens the engine of a state directory, accepts what the configuration file holds now, and
   * begins to follow it. Several processes may use one state directory, one engine in each.
   *
   * @throws EngineStartException when it cannot start, with a sentence for the operator
   */
  public static Engine open(EngineOptions options) throws EngineStartException {
    return EngineAssembly.open(options);
  }

  /**
   * Opens an engine that shares nothing with other processes and therefore compares the file at
   * every lookup: slow, and right. Its operations are seen by nobody else. Of the options it uses
   * the configuration file, the times and the mount roots.
   *
   * @throws EngineStartException when it cannot start, with a sentence for the operator
   */
  public static Engine openPrivate(EngineOptions options) throws EngineStartException {
    return EngineAssembly.openPrivate(options);
  }

  /**
   * Asks to begin an operation on a datastore. When something has changed this reads the
   * configuration, and so may touch the disk.
   *
   * @return a handle, to be closed when the operation has ended, or why not
   */
  public Lookup lookup(DatastoreName name, Operation operation) {
    // A lookup that may touch the disk has an answer.
    return Objects.requireNonNull(decide(name, operation, Depth.DISK));
  }

  /**
   * The same without ever touching a disk or waiting, for threads that must not.
   *
   * @return empty when only {@link #lookup} can tell: something has changed, the runtime of the
   *     datastore is closed, or its device must be looked at
   */
  public Optional<Lookup> lookupNow(DatastoreName name, Operation operation) {
    return Optional.ofNullable(decide(name, operation, Depth.MEMORY));
  }

  private enum Depth {
    MEMORY,
    DISK
  }

  private @Nullable Lookup decide(DatastoreName name, Operation operation, Depth depth) {
    long rung = doorbell.readAcquire();
    Snapshot snapshot = cache.current();
    String unusable = background.unusable();
    if (unusable != null) {
      return Refused.notReady(snapshot, name, operation, unusable);
    }
    if (snapshot.generation() != rung || freshness == Freshness.EVERY_LOOKUP) {
      if (depth == Depth.MEMORY) {
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
    if (operation.refusedBy(datastore.maintenance().mode())) {
      return Refused.underMaintenance(snapshot, datastore, operation);
    }
    if (!operation.counted()) {
      return new Handle(datastore, snapshot.revision(), operation, datastore.mountState());
    }
    MountState mounted = MountState.NOT_REMOVABLE;
    if (datastore.backingDevice().isPresent()) {
      if (depth == Depth.MEMORY) {
        return null;
      }
      mounted = mountState(datastore);
      if (!mounted.usable()) {
        return Refused.notMounted(snapshot, datastore, operation);
      }
    }
    DatastoreRuntime runtime = datastore.runtime();
    if (!runtime.enter(operation)) {
      if (depth == Depth.MEMORY) {
        return null;
      }
      runtime.enterOrOpen(operation);
    }
    // The second look, after the count. See the class comment.
    long again = doorbell.read();
    if (again == snapshot.generation()) {
      return new Handle(datastore, snapshot.revision(), operation, mounted);
    }
    return decideAgain(runtime, name, operation, depth, again);
  }

  /**
   * Something was committed between the first look and the count. The count is kept while the
   * snapshot is brought up to date and the decision is made once more, on that: whoever commits
   * after this sees the count. Taking the count back and trying again would never end under a
   * steady stream of changes.
   */
  private @Nullable Lookup decideAgain(
      DatastoreRuntime runtime,
      DatastoreName name,
      Operation operation,
      Depth depth,
      long generation) {
    if (depth == Depth.MEMORY) {
      runtime.exit(operation);
      return null;
    }
    Snapshot snapshot;
    try {
      snapshot = reload.atLeast(generation);
    } catch (StoreException e) {
      runtime.exit(operation);
      return Refused.notReady(cache.current(), name, operation, e.getMessage());
    }
    Datastore datastore = snapshot.get(name);
    if (datastore == null) {
      runtime.exit(operation);
      return Refused.unknown(snapshot, name, operation);
    }
    if (datastore.runtime() != runtime) {
      // The datastore was moved to another base path: the count is of the old one. Begin again.
      runtime.exit(operation);
      return decide(name, operation, depth);
    }
    if (operation.refusedBy(datastore.maintenance().mode())) {
      runtime.exit(operation);
      return Refused.underMaintenance(snapshot, datastore, operation);
    }
    MountState mounted = mountState(datastore);
    if (!mounted.usable()) {
      runtime.exit(operation);
      return Refused.notMounted(snapshot, datastore, operation);
    }
    return new Handle(datastore, snapshot.revision(), operation, mounted);
  }

  private Snapshot catchUp(long rung) throws StoreException {
    if (freshness == Freshness.EVERY_LOOKUP) {
      Optional<Duration> unused = reload.check();
      return cache.current();
    }
    return reload.atLeast(rung);
  }

  /** Whether the device of a datastore is there now. Touches its file system. */
  public MountState mountState(Datastore datastore) {
    return datastore
        .backingDevice()
        .map(uuid -> mounts.check(datastore.name(), uuid))
        .orElse(MountState.NOT_REMOVABLE);
  }

  /**
   * What a lookup would be refused with, as far as memory tells: nothing is counted and no device
   * is looked at. Empty when it would be granted.
   */
  public Optional<Refused> verdict(DatastoreName name, Operation operation) {
    Snapshot snapshot = cache.current();
    String unusable = background.unusable();
    if (unusable != null) {
      return Optional.of(Refused.notReady(snapshot, name, operation, unusable));
    }
    Datastore datastore = snapshot.get(name);
    if (datastore == null) {
      return Optional.of(Refused.unknown(snapshot, name, operation));
    }
    if (operation.refusedBy(datastore.maintenance().mode())) {
      return Optional.of(Refused.underMaintenance(snapshot, datastore, operation));
    }
    if (operation.counted() && !datastore.mountState().usable()) {
      return Optional.of(Refused.notMounted(snapshot, datastore, operation));
    }
    return Optional.empty();
  }

  /** The snapshot that is served. Never blocks. */
  public Snapshot snapshot() {
    return cache.current();
  }

  /**
   * A snapshot of at least what had been committed when this was called. May touch the disk.
   *
   * @throws StoreException when it cannot be read
   */
  public Snapshot freshSnapshot() throws StoreException {
    return catchUp(doorbell.read());
  }

  /** What is in progress on a datastore in this process. */
  public OperationCounts operations(DatastoreName name) {
    return cache.current().find(name).map(runtimes::counts).orElse(OperationCounts.NONE);
  }

  /** Tells {@code listener} of every change from now on, until the subscription is closed. */
  public Subscription addListener(ChangeListener listener) {
    return cache.addListener(listener);
  }

  /** Adds a section. Blocks until it is committed; touches the disk. */
  public WriteOutcome create(DatastoreName name, DatastoreSettings settings, Intent intent) {
    return write(name, new CreateWrite(name, settings, intent));
  }

  /**
   * Changes the settings of a section. Blocks until it is committed; touches the disk.
   *
   * @param expected the etag that must still hold; empty: whatever is there
   * @param edit makes the new settings out of the present ones
   */
  public WriteOutcome update(
      DatastoreName name,
      Optional<Etag> expected,
      UnaryOperator<DatastoreSettings> edit,
      Intent intent) {
    return write(name, new UpdateWrite(name, expected, edit, intent));
  }

  /**
   * Sets or clears a maintenance mode. Does not wait for operations in progress: from the return on
   * no process grants what the mode refuses, those that run go on. Blocks until it is committed;
   * touches the disk.
   */
  public WriteOutcome setMaintenance(MaintenanceChange change, Intent intent) {
    return write(change.name(), new MaintenanceWrite(change, intent));
  }

  private WriteOutcome write(DatastoreName name, Write write) {
    String unusable = background.unusable();
    if (unusable != null) {
      // Also when the page is lost: nobody would hear of the change.
      return Write.rejected(Rejected.Reason.NOT_READY, cache.current(), name, unusable);
    }
    try {
      return reload.write(write);
    } catch (StoreException e) {
      return Write.rejected(
          Rejected.Reason.STORE_UNAVAILABLE, cache.current(), name, e.getMessage());
    }
  }

  /** Why the configuration cannot be followed at the moment; empty when it can. */
  public Optional<Trouble> trouble() {
    return background.trouble();
  }

  /** How often the engine has done what it avoids doing. */
  public EngineCounters counters() {
    return reload.counters();
  }

  /**
   * Stops following the configuration and lets go of every datastore that nobody works on. Waits
   * for a write that is being committed. Handles that are open stay valid; new lookups and writes
   * are answered with NOT_READY. Idempotent.
   */
  @Override
  public void close() {
    background.close();
    runtimes.close();
  }

  @Override
  public String toString() {
    return "engine at " + cache.current();
  }
}
