package io.datastored.engine;

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
import io.datastored.mount.Bulkheads;
import io.datastored.operation.Blocking;
import io.datastored.operation.Operation;
import io.datastored.operation.OperationCounts;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * An engine answers whether a datastore may be used now and with which configuration, and counts
 * who is working on what. Thread-safe: a lookup that finds nothing changed takes no lock, makes no
 * system call and allocates nothing but the handle. How it decides: {@link Admission}.
 */
public final class Engine implements AutoCloseable {

  /** An intent is what a write is meant to do, and whether it still is. Immutable. */
  public static final class Intent {

    /** Change the configuration. */
    public static final Intent COMMIT = new Intent(WriteStep.Purpose.COMMIT, () -> false);

    /** Answer what would happen, change nothing. */
    public static final Intent VALIDATE_ONLY = new Intent(WriteStep.Purpose.PREVIEW, () -> false);

    private final WriteStep.Purpose purpose;
    private final BooleanSupplier withdrawn;

    private Intent(WriteStep.Purpose purpose, BooleanSupplier withdrawn) {
      this.purpose = purpose;
      this.withdrawn = withdrawn;
    }

    /**
     * The same, given up when its caller has gone before the commit begins: it waits for no other
     * write any more, and changes nothing.
     *
     * @param gone asked from time to time, and right before the commit
     */
    public Intent unless(BooleanSupplier gone) {
      return new Intent(purpose, gone);
    }

    /** Whether it changes the configuration. */
    public boolean commits() {
      return purpose == WriteStep.Purpose.COMMIT;
    }
  }

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
   * Opens the engine of a state directory, accepts what the configuration file holds now, and
   * begins to follow it. Several processes may use one state directory, one engine in each.
   *
   * @throws EngineStartException when it cannot start, with a sentence for the operator
   */
  public static Engine open(EngineOptions options) throws EngineStartException {
    return open(options, Leaving.UNHEARD);
  }

  /**
   * The same for a process that must know of base paths that are left.
   *
   * @param leaving hears of each before the change is committed, also of those that were left while
   *     nobody looked
   */
  public static Engine open(EngineOptions options, Leaving leaving) throws EngineStartException {
    return EngineAssembly.open(options, leaving);
  }

  /**
   * Opens an engine that shares nothing with other processes and therefore looks at the file at
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
    return Objects.requireNonNull(admission.decide(name, operation, Blocking.ALLOWED));
  }

  /**
   * The same without ever touching a disk or waiting, for threads that must not.
   *
   * @return empty when only {@link #lookup} can tell: something has changed, the runtime of the
   *     datastore is closed, or its device must be looked at
   */
  public Optional<Lookup> lookupNow(DatastoreName name, Operation operation) {
    return Optional.ofNullable(admission.decide(name, operation, Blocking.FORBIDDEN));
  }

  /**
   * Counts an operation that was granted before, by a process that is gone, and goes on: a server
   * was restarted under its clients. Neither the maintenance mode nor the device is asked. Touches
   * the disk.
   *
   * @return a handle, to be closed when the operation has ended; refused when there is no such
   *     datastore, or it cannot be counted
   */
  public Lookup resume(DatastoreName name, Operation operation) {
    return admission.resume(name, operation);
  }

  /**
   * The same for an operation that was granted on a base path which its datastore has left since:
   * it is counted there.
   */
  public Lookup resumeOn(Path basePath, DatastoreName name, Operation operation) {
    return resumption.on(basePath, name, operation);
  }

  /** Isolates who asks the file system of a base path, so that one that hangs costs nobody else. */
  public Bulkheads bulkheads() {
    return bulkheads;
  }

  /**
   * What a lookup would be refused with, as far as memory tells: nothing is counted and no device
   * is looked at. Empty when it would be granted.
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

  /** The snapshot that is served. Never blocks. */
  public Snapshot snapshot() {
    return publisher.current();
  }

  /**
   * A snapshot of at least what had been committed when this was called. May touch the disk.
   *
   * @throws StoreException when it cannot be read
   */
  public Snapshot freshSnapshot() throws StoreException {
    return admission.fresh();
  }

  /**
   * Who is alive now, to be asked for what is in progress. May touch the run directory. When that
   * cannot be read, those who were alive when it last could.
   */
  public LiveProcesses census() {
    return totals.census();
  }

  /** What is in progress on a datastore in all live processes: a census for one question. */
  public OperationCounts operations(DatastoreName name) {
    return census().counts(name);
  }

  /**
   * Looks once at everything that is in progress on a datastore. A drain believes zeros only of a
   * pass that is steady, and that found the mode which is to be drained. May touch the disk.
   *
   * @throws StoreException when the snapshot cannot be brought up to date, or nobody can tell which
   *     processes are alive
   */
  public ConsistentRead pass(DatastoreName name) throws StoreException {
    return totals.pass(name, freshSnapshot());
  }

  /** Tells {@code listener} of every change from now on, until the subscription is closed. */
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
   * @param expected the etag that must still hold; empty: whatever is there
   * @param edit makes the new settings out of the present ones
   */
  public WriteOutcome update(
      DatastoreName name,
      Optional<Etag> expected,
      UnaryOperator<DatastoreSettings> edit,
      Intent intent) {
    return write(new UpdateWrite(name, expected, edit, admission.mounts()), intent);
  }

  /**
   * Sets or clears a maintenance mode. Does not wait for operations in progress: from the return on
   * no process grants what the mode refuses, those that run go on. Blocks until it is committed;
   * touches the disk.
   */
  public WriteOutcome setMaintenance(MaintenanceChange change, Intent intent) {
    return write(new MaintenanceWrite(change), intent);
  }

  /**
   * Removes the section of a datastore that is in mode DELETE. Blocks until it is committed;
   * touches the disk, but nothing of the base directory. Comment lines inside of the section go
   * with it; those above stay, since they may speak of more than this section.
   *
   * @param expected the etag that must still hold; empty: whatever is there
   * @param inTheWay asked while nobody can change the mode, with a pass made then: why the
   *     datastore must not be removed yet, one sentence; empty to remove it
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
      // Also when the page is lost: nobody would hear of the change.
      return Write.rejected(Rejected.Reason.NOT_READY, publisher.current(), write.name(), unusable);
    }
    try {
      return committer.write(write, intent.purpose, intent.withdrawn);
    } catch (StoreException e) {
      Rejected.Reason reason =
          e.reason() == StoreException.Reason.OUTCOME_UNKNOWN
              ? Rejected.Reason.OUTCOME_UNKNOWN
              : Rejected.Reason.STORE_UNAVAILABLE;
      return Write.rejected(reason, publisher.current(), write.name(), e.getMessage());
    }
  }

  /** What is wrong at the moment, by cause. Whoever serves the engine raises its own there, too. */
  public Troubles troubles() {
    return health.troubles();
  }

  /** How edits of the file are found; empty for an engine that looks at every lookup. */
  public Optional<EditDetection> editDetection() {
    return health.editDetection();
  }

  /** Does again and again what the engine and its server need, and notices what is not done. */
  public PeriodicTasks tasks() {
    return health.tasks();
  }

  /**
   * Completed, with a sentence for the operator, when the run directory was replaced or removed:
   * every lookup and write is answered with NOT_READY from then on, and only a new engine in a new
   * process helps.
   */
  public CompletableFuture<String> lost() {
    return health.lost().copy();
  }

  /** How often the engine has done what it avoids doing. */
  public EngineCounters counters() {
    return committer.counters();
  }

  /**
   * Stops following the configuration and lets go of every datastore that nobody works on. Waits
   * for a write that is being committed. Handles that are open stay valid; new lookups and writes
   * are answered with NOT_READY. Idempotent.
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
