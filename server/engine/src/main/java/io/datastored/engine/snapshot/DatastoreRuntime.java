package io.datastored.engine.snapshot;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.datastored.config.DatastoreName;
import io.datastored.file.StoreException;
import io.datastored.mount.Bulkhead;
import io.datastored.operation.Counter;
import io.datastored.operation.LocalCounters;
import io.datastored.operation.Operation;
import io.datastored.operation.Stripe;
import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * A runtime is what outlives the reloads of one datastore: its counter and the open lock file of
 * its base directory. Thread-safe: the counter is atomic, the lock file is guarded by the runtime's
 * lock, which is never held while the base path's file system is asked; one object for the life of
 * a base path, all snapshots point to it.
 *
 * <p>The open descriptor of {@code .lock} is what keeps a file system busy, so it must go when the
 * mode says so (offline, delete, unmount) and nobody works on the datastore any more. Whether
 * somebody does and whether the runtime is closed share a word (see {@link Stripe}), so no lookup
 * can slip in between.
 *
 * <p>The lock file is opened and closed on the base path's {@link Bulkhead}. Until that has
 * happened the counter is <em>held</em>: so a drain that sees it let go of knows that no descriptor
 * is open and none is being opened, and whoever sees DRAINED may unmount, also when a close hangs.
 */
public final class DatastoreRuntime {

  /** Closed for ever: what a runtime counts on before its first operation. */
  private static final Counter UNCLAIMED = new LocalCounters("").unlabelled();

  private static final Bulkhead NO_FILE_SYSTEM =
      new Bulkhead() {
        @Override
        public void execute(Runnable call) {
          throw new IllegalStateException("a datastore that is only shown has no file system");
        }

        @Override
        public boolean await(Future<?> result) {
          return false;
        }

        @Override
        public Optional<Hang> hang() {
          return Optional.empty();
        }
      };

  /** Where a runtime gets its counter from, when somebody first wants to work on it. */
  @FunctionalInterface
  public interface Claim {
    Counter claim(DatastoreName name, Path basePath) throws StoreException;
  }

  private final DatastoreName name;
  private final Path basePath;
  private final Claim claim;
  private final Bulkhead bulkhead;
  private final LockDescriptor lockFile;
  private final Object lock = new Object();

  /** Claimed once, under the lock, and never changed again: what was counted is released there. */
  private volatile Counter counter = UNCLAIMED;

  /** Lookups that wait for the lock file, or have seen it opened and not opened the counter yet. */
  @GuardedBy("lock")
  private int waiting;

  @GuardedBy("lock")
  private @Nullable Runnable afterLastClose;

  private volatile boolean evicting;

  public DatastoreRuntime(DatastoreName name, Path basePath, Claim claim, Bulkhead bulkhead) {
    this.name = name;
    this.basePath = basePath;
    this.claim = claim;
    this.bulkhead = bulkhead;
    this.lockFile = new LockDescriptor(basePath, bulkhead, lock);
  }

  /** A runtime that nobody will ever enter: of a datastore that is only shown. */
  public static DatastoreRuntime detached(DatastoreName name, Path basePath) {
    return new DatastoreRuntime(
        name,
        basePath,
        (unused, path) -> {
          throw new IllegalStateException("nobody may work on a datastore that is only shown");
        },
        NO_FILE_SYSTEM);
  }

  DatastoreName name() {
    return name;
  }

  Path basePath() {
    return basePath;
  }

  /** Whether nobody works on the datastore, and nobody can begin to without opening it. */
  public boolean closed() {
    return counter.closed();
  }

  /** Whether it is closed and its lock file, too. */
  boolean letGo() {
    return !counter.held();
  }

  /** What the base path's file system does not answer. */
  public Optional<Bulkhead.Hang> hang() {
    return bulkhead.hang();
  }

  public Bulkhead bulkhead() {
    return bulkhead;
  }

  /** Counts an operation; null when the runtime is closed, and then nothing is counted. */
  public @Nullable Stripe enter(Operation operation) {
    Stripe counted = counter.enter(operation);
    if (counted != null) {
      return counted;
    }
    // The counter took the add back, but not in one step: another thread may have opened the
    // runtime in between and its last release, which saw the add, left it open.
    if (evicting) {
      closeIfIdle();
    }
    return null;
  }

  /**
   * Counts an operation and opens the runtime when it is closed: waits a moment for the file
   * system.
   *
   * @throws StoreException when the file system does not answer, or the operation cannot be counted
   *     where others see it; nothing is counted then
   */
  public Stripe enterOrOpen(Operation operation) throws StoreException {
    Stripe counted = enter(operation);
    while (counted == null) {
      open(Begun.NOW);
      counted = enter(operation);
    }
    return counted;
  }

  /**
   * Counts an operation that has begun before, also when the file system does not answer.
   *
   * @throws StoreException when it cannot be counted where others see it; nothing is counted then
   */
  public Stripe enterAgain(Operation operation) throws StoreException {
    Stripe counted = enter(operation);
    while (counted == null) {
      open(Begun.BEFORE);
      counted = enter(operation);
    }
    return counted;
  }

  /** When an operation has begun that is to be counted. */
  private enum Begun {
    NOW,
    BEFORE
  }

  /**
   * Takes an operation back: a release, or the undo of a lookup that was refused after it had
   * counted, which must evict just the same or the file system stays busy for ever.
   *
   * @param counted where it was counted
   */
  public void exit(Stripe counted, Operation operation) {
    // The add comes before the read of `evicting`, the write of `evicting` before the sweep's
    // compare-and-set: of a last release and a sweep that meet, at least one sees the other.
    if (counted.exit(operation) && evicting) {
      closeIfIdle();
    }
  }

  /** Says whether the runtime is to be closed as soon as nobody works on the datastore. */
  public void evict(boolean evict) {
    evicting = evict;
    if (evict) {
      closeIfIdle();
    }
  }

  /**
   * Lets nobody open the runtime any more and closes it as soon as nobody works on the datastore.
   *
   * @param then to be called after that, perhaps more than once
   */
  void shut(Runnable then) {
    synchronized (lock) {
      afterLastClose = then;
    }
    evict(true);
  }

  /** Whether the lock file is open; for an operation in progress it is, when there is one. */
  public boolean holdsLockFile() {
    return lockFile.isOpen();
  }

  private void open(Begun begun) throws StoreException {
    CompletableFuture<Void> opened;
    synchronized (lock) {
      if (!counter.closed()) {
        return;
      }
      if (afterLastClose != null) {
        throw engineClosed();
      }
      if (counter == UNCLAIMED) {
        counter = claim.claim(name, basePath);
      }
      if (lockFile.isOpen()) {
        // A close that was asked for finds the counter open, and leaves it.
        counter.open();
        return;
      }
      waiting++;
      // Held from before the call until the file is closed again: a call that hangs keeps the file
      // system busy, and may bring a descriptor at any time.
      opened = lockFile.open(counter::hold, this::lookAgain);
    }
    boolean answered = bulkhead.await(opened);
    boolean shut;
    synchronized (lock) {
      waiting--;
      shut = afterLastClose != null;
      if (!shut && (answered || begun == Begun.BEFORE)) {
        if (counter.closed()) {
          counter.open();
        }
        return;
      }
    }
    if (evicting) {
      // Nobody else may be left to let go of what was opened while this one waited.
      letGoIfClosed();
    }
    throw shut ? engineClosed() : new StoreException(StoreException.Reason.OTHER, whyNotAnswered());
  }

  /**
   * The file is there, then it is looked whether it may be. The other way round a mode that is set
   * in between finds nothing to close, and the file stays open.
   */
  private void lookAgain() {
    if (evicting) {
      letGoIfClosed();
    }
  }

  private static StoreException engineClosed() {
    return new StoreException(StoreException.Reason.OTHER, "the engine is closed");
  }

  /** What a lookup is told that its file system has not answered. */
  public String whyNotAnswered() {
    return bulkhead
        .hang()
        .map(hang -> hang.sentence() + " since " + hang.since().truncatedTo(ChronoUnit.SECONDS))
        .orElse("the file system of " + basePath + " has not answered in time; try again");
  }

  private void closeIfIdle() {
    // A counter may be closed and held: by a lookup that has opened the file and given up.
    if (counter.closeIfIdle() || (counter.closed() && counter.held())) {
      letGoIfClosed();
    }
  }

  /**
   * Lets go of the lock file if nobody works on the datastore.
   *
   * <p>Closed is what the counter says, not what this method intends: between the compare-and-set
   * and the lock another thread may have opened the runtime again, with the same lock file, and is
   * using it.
   */
  private void letGoIfClosed() {
    Runnable then;
    synchronized (lock) {
      if (!counter.closed() || waiting > 0 || lockFile.isChanging()) {
        // In use again, or about to be; and whoever opens or closes the file looks again after it.
        return;
      }
      if (lockFile.isOpen()) {
        lockFile.close(this::mayBeClosed, this::letGoIfClosed);
        return;
      }
      counter.letGo();
      then = afterLastClose;
    }
    if (then != null) {
      then.run();
    }
  }

  private boolean mayBeClosed() {
    synchronized (lock) {
      return counter.closed() && waiting == 0 && evicting;
    }
  }

  @Override
  public String toString() {
    return name + " at " + basePath + ": " + counter + (evicting ? ", evicting" : "");
  }
}
