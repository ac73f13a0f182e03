package io.datastored.engine;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.datastored.config.DatastoreName;
import io.datastored.config.StoreException;
import io.datastored.operation.Counter;
import io.datastored.operation.LocalCounters;
import io.datastored.operation.Operation;
import io.datastored.operation.Stripe;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A runtime is what outlives the reloads of one datastore: its counter and the open lock file of
 * its base directory. Thread-safe: the counter is atomic, the lock file is guarded by the runtime's
 * lock; one object for the life of a base path, all snapshots point to it.
 *
 * <p>The open descriptor of {@code .lock} is what keeps a file system busy, so it must go when the
 * mode says so (offline, delete, unmount) and nobody works on the datastore any more. Whether
 * somebody does and whether the runtime is closed share a word (see {@link Stripe}), so no lookup
 * can slip in between.
 */
final class DatastoreRuntime {

  private static final Logger log = LoggerFactory.getLogger(DatastoreRuntime.class);

  /** Closed for ever: what a runtime counts on before its first operation. */
  private static final Counter UNCLAIMED = new LocalCounters("").unlabelled();

  /** Where a runtime gets its counter from, when somebody first wants to work on it. */
  @FunctionalInterface
  interface Claim {
    Counter claim(DatastoreName name, Path basePath) throws StoreException;
  }

  private final DatastoreName name;
  private final Path basePath;
  private final Claim claim;
  private final Object lock = new Object();

  /** Claimed once, under the lock, and never changed again: what was counted is released there. */
  private volatile Counter counter = UNCLAIMED;

  @GuardedBy("lock")
  private @Nullable FileChannel lockFile;

  @GuardedBy("lock")
  private @Nullable Runnable afterLastClose;

  private volatile boolean evicting;

  DatastoreRuntime(DatastoreName name, Path basePath, Claim claim) {
    this.name = name;
    this.basePath = basePath;
    this.claim = claim;
  }

  /** A runtime that nobody will ever enter: of a datastore that is only shown. */
  static DatastoreRuntime detached(DatastoreName name, Path basePath) {
    return new DatastoreRuntime(
        name,
        basePath,
        (unused, path) -> {
          throw new IllegalStateException("nobody may work on a datastore that is only shown");
        });
  }

  DatastoreName name() {
    return name;
  }

  Path basePath() {
    return basePath;
  }

  boolean closed() {
    return counter.closed();
  }

  /** Counts an operation; null when the runtime is closed, and then nothing is counted. */
  @Nullable Stripe enter(Operation operation) {
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
   * Counts an operation and opens the runtime when it is closed. Touches the disk then.
   *
   * @throws StoreException when it cannot be counted where others see it; nothing is counted then
   */
  Stripe enterOrOpen(Operation operation) throws StoreException {
    Stripe counted = enter(operation);
    while (counted == null) {
      open();
      counted = enter(operation);
    }
    return counted;
  }

  /**
   * Takes an operation back: a release, or the undo of a lookup that was refused after it had
   * counted, which must evict just the same or the file system stays busy for ever.
   *
   * @param counted where it was counted
   */
  void exit(Stripe counted, Operation operation) {
    // The add comes before the read of `evicting`, the write of `evicting` before the sweep's
    // compare-and-set: of a last release and a sweep that meet, at least one sees the other.
    if (counted.exit(operation) && evicting) {
      closeIfIdle();
    }
  }

  /** Says whether the runtime is to be closed as soon as nobody works on the datastore. */
  void evict(boolean evict) {
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
  boolean holdsLockFile() {
    synchronized (lock) {
      return lockFile != null;
    }
  }

  private void open() throws StoreException {
    synchronized (lock) {
      if (!counter.closed()) {
        return;
      }
      if (afterLastClose != null) {
        throw new StoreException(StoreException.Reason.OTHER, "the engine is closed");
      }
      if (counter == UNCLAIMED) {
        counter = claim.claim(name, basePath);
      }
      if (lockFile == null) {
        try {
          lockFile = FileChannel.open(basePath.resolve(".lock"), StandardOpenOption.READ);
        } catch (IOException e) {
          // Not a refusal: a datastore without a lock file has not been used yet.
          log.atDebug().log("no lock file in {}: {}", basePath, e.toString());
        }
      }
      counter.open();
    }
  }

  /**
   * Closes the lock file if nobody works on the datastore.
   *
   * <p>Closed is what the counter says, not what this method intends: between the compare-and-set
   * and the lock another thread may have opened the runtime again, with the same lock file, and is
   * using it.
   */
  private void closeIfIdle() {
    if (!counter.closeIfIdle()) {
      return;
    }
    Runnable then;
    synchronized (lock) {
      if (counter.closed() && lockFile != null) {
        try {
          lockFile.close();
        } catch (IOException e) {
          log.atWarn().log("closing the lock file in {}: {}", basePath, e.toString());
        }
        lockFile = null;
      }
      then = afterLastClose;
    }
    if (then != null) {
      then.run();
    }
  }

  @Override
  public String toString() {
    return name + " at " + basePath + ": " + counter + (evicting ? ", evicting" : "");
  }
}
