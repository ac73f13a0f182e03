package io.datastored.engine;

import com.google.common.collect.ImmutableMap;
import io.datastored.config.DatastoreName;
import io.datastored.config.DatastoreSettings;
import io.datastored.engine.WriteOutcome.Rejected;
import io.datastored.engine.health.EditDetection;
import io.datastored.engine.health.PeriodicTasks;
import io.datastored.engine.health.Troubles;
import io.datastored.engine.snapshot.Etag;
import io.datastored.engine.snapshot.Runtimes;
import io.datastored.engine.snapshot.Snapshot;
import io.datastored.file.StoreException;
import io.datastored.history.Store;
import io.datastored.mount.Bulkheads;
import io.datastored.mount.MountRoots;
import io.datastored.operation.Blocking;
import io.datastored.operation.Operation;
import io.datastored.operation.OperationCounts;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * An engine decides whether a datastore may be used now and with which configuration, and counts
 * the operations in progress. Thread-safe: if nothing has changed, a lookup takes no lock, makes no
 * system call and allocates only the handle. How it decides: {@link Admission}.
 */
public final class Engine implements AutoCloseable {

  private final Admission admission;
  private final Resumption resumption;
  private final SnapshotPublisher publisher;
  private final Committer committer;
  private final OperationTotals totals;
  private final Runtimes runtimes;
  private final Bulkheads bulkheads;
  private final EngineHealth health;

  Engine(
      Admission admission,
      Resumption resumption,
      SnapshotPublisher publisher,
      Committer committer,
      OperationTotals totals,
      Runtimes runtimes,
      Bulkheads bulkheads,
      EngineHealth health) {
    this.admission = admission;
    this.resumption = resumption;
    this.publisher = publisher;
    this.committer = committer;
    this.totals = totals;
    this.runtimes = runtimes;
    this.bulkheads = bulkheads;
    this.health = health;
  }

  /**
   * Opens the engine of a state directory, accepts the present content of the configuration file,
   * and starts to follow the file. Several processes may use one state directory, one engine in
   * each.
   *
   * @throws EngineStartException when it cannot start, with a sentence for the operator
   */
  public static Engine open(EngineOptions options) throws EngineStartException {
    return open(options, Leaving.UNHEARD);
  }

  /**
   * Opens an engine like {@link #open(EngineOptions)}, for a process that must know which base
   * paths are left.
   *
   * @param leaving notified of each before the change is committed, including those that were left
   *     while no engine was running
   */
  public static Engine open(EngineOptions options, Leaving leaving) throws EngineStartException {
    return EngineAssembly.open(options, leaving);
  }

  /**
   * Opens an engine that shares nothing with other processes and therefore checks the file at every
   * lookup: slow, but correct. No other process sees its operations. Of the options it uses only
   * the configuration file, the timing and the mount roots.
   *
   * @throws EngineStartException when it cannot start, with a sentence for the operator
   */
  public static Engine openPrivate(EngineOptions options) throws EngineStartException {
    return EngineAssembly.openPrivate(options);
  }

  /**
   * Opens an engine over a store which is open already: nothing but the store is shared with other
   * processes, so operations are counted in this process alone, and the state of devices is checked
   * by each lookup and never committed. The engine closes the store, also when it cannot start.
   *
   * @param store reports changes to its doorbell
   * @param program the name of this process where users of a datastore are listed
   * @throws EngineStartException when it cannot start, with a sentence for the operator
   */
  public static Engine over(Store store, MountRoots roots, EngineTiming timing, String program)
      throws EngineStartException {
    return EngineAssembly.over(store, roots, timing, program);
  }

  /**
   * Requests permission for an operation on a datastore. If something has changed, this reads the
   * configuration, and so may touch the disk.
   *
   * @return a handle, to be closed when the operation has ended, or the refusal
   */
  public Lookup lookup(DatastoreName name, Operation operation) {
    // A lookup that may touch the disk always has an answer.
    return Objects.requireNonNull(admission.decide(name, operation, Blocking.ALLOWED));
  }

  /**
   * Like {@link #lookup}, but never touches a disk or waits, for threads that must not block.
   *
   * @return empty if only {@link #lookup} can decide: something has changed, the runtime of the
   *     datastore is closed, or its device must be checked
   */
  public Optional<Lookup> lookupNow(DatastoreName name, Operation operation) {
    return Optional.ofNullable(admission.decide(name, operation, Blocking.FORBIDDEN));
  }

  /**
   * Counts an operation that was granted by a process which has exited, and that is still running:
   * the server was restarted, its clients were not. Neither the maintenance mode nor the device is
   * checked. Touches the disk.
   *
   * @return a handle, to be closed when the operation has ended; refused if there is no such
   *     datastore, or the operation cannot be counted
   */
  public Lookup resume(DatastoreName name, Operation operation) {
    return resumption.of(name, operation, Optional.empty());
  }

  /**
   * Like {@link #resume}, but for an operation that was granted on a base path which its datastore
   * has left since: it is counted on that path.
   */
  public Lookup resumeOn(Path basePath, DatastoreName name, Operation operation) {
    return resumption.of(name, operation, Optional.of(basePath));
  }

  /**
   * The bulkheads that isolate file system calls by base path, so that a hanging one affects no
   * other.
   */
  public Bulkheads bulkheads() {
    return bulkheads;
  }

  /**
   * The refusal that a lookup would get, from memory only: nothing is counted and no device is
   * checked. Empty if it would be granted.
   */
  public Optional<Refused> verdict(DatastoreName name, Operation operation) {
    Snapshot snapshot = publisher.current();
    String unusable = health.unusable();
    if (unusable != null) {
      return Optional.of(Refused.notReady(snapshot, name, operation, unusable));
    }
    return Refused.verdict(snapshot, name, operation)
        .or(() -> Admission.hangs(snapshot, name, operation));
  }

  /** The current snapshot. Never blocks. */
  public Snapshot snapshot() {
    return publisher.current();
  }

  /**
   * A snapshot that includes every change committed before this call. May touch the disk.
   *
   * @throws StoreException when it cannot be read
   */
  public Snapshot freshSnapshot() throws StoreException {
    return admission.fresh();
  }

  /**
   * The processes that are alive now, with what they have in progress. May touch the run directory.
   * If that cannot be read, the processes found by the last successful read.
   */
  public LiveProcesses census() {
    return totals.census();
  }

  /** The operations in progress on a datastore in all live processes, by a census made now. */
  public OperationCounts operations(DatastoreName name) {
    return census().counts(name);
  }

  /**
   * Reads once everything that is in progress on a datastore. A drain trusts zeros only if the pass
   * is steady and found the mode to be drained. May touch the disk.
   *
   * @throws StoreException when the snapshot cannot be brought up to date, or the live processes
   *     cannot be determined
   */
  public ConsistentRead pass(DatastoreName name) throws StoreException {
    return totals.pass(name, freshSnapshot());
  }

  /** Notifies {@code listener} of every change from now on, until the subscription is closed. */
  public Subscription addListener(ChangeListener listener) {
    return publisher.addListener(listener);
  }

  /** Adds a section. Blocks until it is committed; touches the disk. */
  public WriteOutcome create(DatastoreName name, DatastoreSettings settings, Intent intent) {
    return write(new CreateWrite(name, settings, admission.mounts()), intent);
  }

  /**
   * Changes the settings of a section. Blocks until it is committed; touches the disk.
   *
   * @param expected the etag that must still hold; empty: any
   * @param edit makes the new settings from the present ones
   */
  public WriteOutcome update(
      DatastoreName name,
      Optional<Etag> expected,
      UnaryOperator<DatastoreSettings> edit,
      Intent intent) {
    return write(new UpdateWrite(name, expected, edit, admission.mounts()), intent);
  }

  /**
   * Sets or clears a maintenance mode. After the return no process grants an operation that the
   * mode refuses. Does not wait for operations in progress; they continue. Blocks until it is
   * committed; touches the disk.
   */
  public WriteOutcome setMaintenance(MaintenanceChange change, Intent intent) {
    return write(new MaintenanceWrite(change), intent);
  }

  /**
   * Removes the section of a datastore that is in mode DELETE. Blocks until it is committed;
   * touches the disk, but not the base directory. Comment lines inside the section are removed with
   * it; those above it stay, since they may refer to more than this section.
   *
   * @param expected the etag that must still hold; empty: any
   * @param inTheWay called while the mode cannot change, with a pass made then: why the datastore
   *     must not be removed yet, in one sentence; empty to remove it
   */
  public WriteOutcome delete(
      DatastoreName name,
      Optional<Etag> expected,
      Function<ConsistentRead, Optional<String>> inTheWay,
      Intent intent) {
    Decision.Guard guard = on -> inTheWay.apply(totals.pass(name, on));
    return write(new DeleteWrite(name, expected, guard), intent);
  }

  private WriteOutcome write(Write write, Intent intent) {
    String unusable = health.unusable();
    if (unusable != null) {
      // Also if the page is lost: no other process would learn of the change.
      return Write.rejected(Rejected.Reason.NOT_READY, publisher.current(), write.name(), unusable);
    }
    try {
      return committer.write(
          new RecordedWrite(write, intent.unrecorded()), intent.purpose(), intent.withdrawn());
    } catch (StoreException e) {
      Rejected.Reason reason =
          e.reason() == StoreException.Reason.OUTCOME_UNKNOWN
              ? Rejected.Reason.OUTCOME_UNKNOWN
              : Rejected.Reason.STORE_UNAVAILABLE;
      return Write.rejected(reason, publisher.current(), write.name(), e.getMessage());
    }
  }

  /**
   * Checks that a change could be committed now: that the state can be written. Changes nothing,
   * and does not wait for a change that is being committed. Touches the disk.
   *
   * @throws StoreException when it could not, with the reason
   */
  public void probeStore() throws StoreException {
    committer.probe();
  }

  /** The present troubles, by cause. The server around the engine raises its own there, too. */
  public Troubles troubles() {
    return health.troubles();
  }

  /** How edits are detected; empty for an engine that checks the file at every lookup. */
  public Optional<EditDetection> editDetection() {
    return health.editDetection();
  }

  /** The number of edits that were found, by way of detection; every way has an entry. */
  public ImmutableMap<EditDetection.Way, Long> editsFound() {
    return health.editsFound();
  }

  /** The periodic tasks of engine and server, with the watchdog that detects stalled ones. */
  public PeriodicTasks tasks() {
    return health.tasks();
  }

  /**
   * Completed, with a sentence for the operator, if the run directory is replaced or removed. From
   * then on every lookup and write is answered with NOT_READY, and only a new engine in a new
   * process can recover.
   */
  public CompletableFuture<String> lost() {
    return health.lost().copy();
  }

  /** How often the engine has done expensive work. */
  public EngineCounters counters() {
    return committer.counts().read();
  }

  /**
   * Reports each commit of this engine from now on, and what it has spent its time on.
   *
   * @param listener is called on the thread of the commit, before its caller gets an answer, and
   *     must not keep it waiting
   */
  public void onCommit(Consumer<CommitTimes> listener) {
    committer.counts().onCommit(listener);
  }

  /**
   * Stops following the configuration and releases every idle datastore. Waits for a write that is
   * being committed. Open handles stay valid; new lookups and writes are answered with NOT_READY.
   * Idempotent.
   */
  @Override
  public void close() {
    health.close();
    runtimes.close();
  }

  @Override
  public String toString() {
    return "engine at " + publisher.current();
  }
}
