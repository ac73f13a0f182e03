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
 * A runtime is the part of a datastore that survives reloads: its counter and the open lock file of
 * its base directory. Thread-safe: the counter is atomic; the lock file is guarded by the runtime's
 * lock, which is never held during a call to the base path's file system. There is one object for
 * the life of a base path, and all snapshots refer to it.
 *
 * <p>The open descriptor of {@code .lock} keeps a file system busy, so it must be closed when the
 * mode requires it (offline, delete, unmount) and the datastore is idle. "In use" and "closed"
 * share a word (see {@link Stripe}), so no lookup can slip in between.
 *
 * <p>The lock file is opened and closed on the base path's {@link Bulkhead}. Until it is closed the
 * counter is <em>held</em>. So a drain that sees the counter released knows that no descriptor is
 * open or being opened, and DRAINED always means that the file system can be unmounted, even if a
 * close hangs.
 */
public final class DatastoreRuntime {

  /** A counter that is always closed, used before the first operation. */
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

  /** Provides the counter of a runtime at its first operation. */
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

  /**
   * Claimed once, under the lock, and then never changed: operations are released where they were
   * counted.
   */
  private volatile Counter counter = UNCLAIMED;

  /**
   * Lookups that wait for the lock file, or have seen it opened but have not opened the counter
   * yet.
   */
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

  /** A runtime that is never entered, for a datastore that is only displayed. */
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

  /** Whether the datastore is idle, and no operation can start without opening the runtime. */
  public boolean closed() {
    return counter.closed();
  }

  /** Whether the runtime and its lock file are both closed. */
  boolean letGo() {
    return !counter.held();
  }

  /** The call that the base path's file system has not answered. */
  public Optional<Bulkhead.Hang> hang() {
    return bulkhead.hang();
  }

  public Bulkhead bulkhead() {
    return bulkhead;
  }

  /** Counts an operation. If the runtime is closed, counts nothing and yields null. */
  public @Nullable Stripe enter(Operation operation) {
    Stripe counted = counter.enter(operation);
    if (counted != null) {
      return counted;
    }
    // The counter undid the add, but not atomically: in between, another thread may have opened the
    // runtime, and its last release saw the add and left it open.
    if (evicting) {
      closeIfIdle();
    }
    return null;
  }

  /**
   * Counts an operation and opens the runtime if it is closed. Waits briefly for the file system.
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
   * Counts an operation that has already started, even if the file system does not answer.
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

  /** When the operation to be counted has started. */
  private enum Begun {
    NOW,
    BEFORE
  }

  /**
   * Ends an operation: a release, or the undo of a lookup that was refused after it had counted.
   * The undo must evict, too, or the file system stays busy indefinitely.
   *
   * @param counted where it was counted
   */
  public void exit(Stripe counted, Operation operation) {
    // The add comes before the read of `evicting`, the write of `evicting` before the sweep's
    // compare-and-set: of a last release and a concurrent sweep, at least one sees the other.
    if (counted.exit(operation) && evicting) {
      closeIfIdle();
    }
  }

  /** Sets whether the runtime is closed as soon as the datastore is idle. */
  public void evict(boolean evict) {
    evicting = evict;
    if (evict) {
      closeIfIdle();
    }
  }

  /**
   * Prevents the runtime from being opened again, and closes it as soon as the datastore is idle.
   *
   * @param then called after that, possibly more than once
   */
  void shut(Runnable then) {
    synchronized (lock) {
      afterLastClose = then;
    }
    evict(true);
  }

  /** Whether the lock file is open. While an operation is in progress it is, if the file exists. */
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
        // A pending close finds the counter open, and leaves the file open.
        counter.open();
        return;
      }
      waiting++;
      // Held from before the call until the file is closed: a hanging call keeps the file system
      // busy, and may still return a descriptor at any time.
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
      // Possibly no other thread is left to release what was opened during the wait.
      letGoIfClosed();
    }
    throw shut ? engineClosed() : new StoreException(StoreException.Reason.OTHER, whyNotAnswered());
  }

  /**
   * Checks, after the file was opened, whether it may stay open. In the opposite order, a mode that
   * is set in between would find nothing to close, and the file would stay open.
   */
  private void lookAgain() {
    if (evicting) {
      letGoIfClosed();
    }
  }

  private static StoreException engineClosed() {
    return new StoreException(StoreException.Reason.OTHER, "the engine is closed");
  }

  /** The message for a lookup whose file system has not answered. */
  public String whyNotAnswered() {
    return bulkhead
        .hang()
        .map(hang -> hang.sentence() + " since " + hang.since().truncatedTo(ChronoUnit.SECONDS))
        .orElse("the file system of " + basePath + " has not answered in time; try again");
  }

  private void closeIfIdle() {
    // A counter may be closed and still held, by a lookup that opened the file and gave up.
    if (counter.closeIfIdle() || (counter.closed() && counter.held())) {
      letGoIfClosed();
    }
  }

  /**
   * Releases the lock file if the datastore is idle.
   *
   * <p>The counter decides whether the runtime is closed: between the caller's compare-and-set and
   * the lock, another thread may have opened the runtime again with the same lock file, and be
   * using it.
   */
  private void letGoIfClosed() {
    Runnable then;
    synchronized (lock) {
      if (!counter.closed() || waiting > 0 || lockFile.isChanging()) {
        // In use again, or about to be; the thread that opens or closes the file checks again
        // afterwards.
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
