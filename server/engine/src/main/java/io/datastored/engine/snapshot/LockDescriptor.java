package io.datastored.engine.snapshot;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.datastored.mount.Bulkhead;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A lock descriptor is the open {@code .lock} file of a base directory, opened and closed on the
 * base path's {@link Bulkhead}. Thread-safe: guarded by the lock of its {@link DatastoreRuntime},
 * which is never held during a call to the file system.
 */
final class LockDescriptor {

  private static final Logger log = LoggerFactory.getLogger(LockDescriptor.class);

  private final Path basePath;
  private final Bulkhead bulkhead;
  private final Object lock;

  @GuardedBy("lock")
  private @Nullable FileChannel file;

  /**
   * Completed when the lock file has been opened, or there is none; null if it is not being opened.
   */
  @GuardedBy("lock")
  private @Nullable CompletableFuture<Void> opening;

  /** Set from the request to close until the file is closed. */
  @GuardedBy("lock")
  private boolean closing;

  LockDescriptor(Path basePath, Bulkhead bulkhead, Object lock) {
    this.basePath = basePath;
    this.bulkhead = bulkhead;
    this.lock = lock;
  }

  boolean isOpen() {
    synchronized (lock) {
      return file != null;
    }
  }

  /** Whether it is being opened or closed; the thread that does so checks again afterwards. */
  boolean isChanging() {
    synchronized (lock) {
      return opening != null || closing;
    }
  }

  /**
   * Starts to open the file, unless it is being opened already.
   *
   * @param before called with the lock held, before the file system call starts
   * @param after called when the file has been opened, or there is none
   * @return completed just before {@code after} is called
   */
  CompletableFuture<Void> open(Runnable before, Runnable after) {
    synchronized (lock) {
      CompletableFuture<Void> opened = opening;
      if (opened == null) {
        before.run();
        opened = startOpening(after);
      }
      return opened;
    }
  }

  @GuardedBy("lock")
  private CompletableFuture<Void> startOpening(Runnable after) {
    CompletableFuture<Void> opened = new CompletableFuture<>();
    opening = opened;
    bulkhead.execute(() -> openNow(opened, after));
    return opened;
  }

  private void openNow(CompletableFuture<Void> opened, Runnable after) {
    FileChannel found = null;
    try {
      found = FileChannel.open(basePath.resolve(".lock"), StandardOpenOption.READ);
    } catch (IOException e) {
      // Not an error: a datastore without a lock file has not been used yet.
      log.atDebug().log("no lock file in {}: {}", basePath, e.toString());
    } finally {
      synchronized (lock) {
        file = found;
        opening = null;
      }
      boolean unused = opened.complete(null);
    }
    after.run();
  }

  /**
   * Starts to close the file.
   *
   * @param still called with the lock held, just before the close: whether to close it still
   * @param after called when the file has been closed
   */
  void close(BooleanSupplier still, Runnable after) {
    synchronized (lock) {
      closing = true;
      bulkhead.execute(() -> closeNow(still, after));
    }
  }

  private void closeNow(BooleanSupplier still, Runnable after) {
    FileChannel open;
    synchronized (lock) {
      if (!still.getAsBoolean()) {
        closing = false;
        return;
      }
      open = file;
      file = null;
    }
    try {
      if (open != null) {
        open.close();
      }
    } catch (IOException e) {
      log.atWarn().log("closing the lock file in {}: {}", basePath, e.toString());
    } finally {
      synchronized (lock) {
        closing = false;
      }
    }
    after.run();
  }
}
