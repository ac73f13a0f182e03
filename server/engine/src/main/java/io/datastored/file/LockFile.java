package io.datastored.file;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A lock file is an empty file whose kernel lock has one holder at a time, among all threads of all
 * processes. Thread-safe. Only its owner may open it: see {@link PrivateFile}.
 *
 * <p>The lock ends with its process, however that ends. It is a record lock, which the kernel drops
 * when the process closes <em>any</em> descriptor of the file. So a process opens the file only
 * once, which a registry in the system properties ensures, even across class loaders, and it must
 * not be opened by other means.
 */
public final class LockFile implements AutoCloseable {

  private static final String REGISTRY = "io.datastored.lock-file:";

  /**
   * Between two attempts to get a lock that another process holds: short compared to a save, long
   * compared to an attempt.
   */
  private static final long PAUSE_NANOS = 2_000_000;

  private final Path path;
  private final FileIdentity identity;
  private final FileChannel channel;
  private final AtomicBoolean closed = new AtomicBoolean();

  /** Orders the threads of this process, which a kernel lock does not distinguish. */
  private final Semaphore threads = new Semaphore(1, true);

  private LockFile(Path path, FileIdentity identity, FileChannel channel) {
    this.path = path;
    this.identity = identity;
    this.channel = channel;
  }

  /**
   * Opens a lock file, and creates it if needed. Does not lock it yet.
   *
   * @throws StoreException with reason IN_USE when this process has it open already
   */
  public static LockFile open(Path file) throws StoreException {
    try {
      Path path = realPath(file);
      // Before any descriptor is opened, even for creation: closing a second one would drop the
      // lock.
      if (System.getProperties().putIfAbsent(REGISTRY + path, "open") != null) {
        throw new StoreException(
            StoreException.Reason.IN_USE, path + " is already open in this process");
      }
      try {
        FileChannel channel = PrivateFile.open(path);
        return new LockFile(path, FileIdentity.of(path), channel);
      } catch (IOException e) {
        System.getProperties().remove(REGISTRY + path);
        throw e;
      }
    } catch (IOException e) {
      throw StoreException.of("open", file, e);
    }
  }

  /** The path by which this process identifies the file, with links resolved. */
  private static Path realPath(Path file) throws IOException {
    return HiddenNames.directoryOf(file.toAbsolutePath()).toRealPath().resolve(file.getFileName());
  }

  /**
   * Waits for the lock.
   *
   * @param patience how long to wait; zero to try once
   * @return the hold, or empty if another holder kept it throughout
   * @throws IllegalStateException when this lock file is closed
   */
  public Optional<Hold> tryLock(Duration patience) throws StoreException, InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    if (!threads.tryAcquire(patience.toNanos(), NANOSECONDS)) {
      return Optional.empty();
    }
    Optional<Hold> hold = Optional.empty();
    try {
      hold = lockBefore(deadline);
      return hold;
    } catch (IOException e) {
      throw StoreException.of("lock", path, e);
    } finally {
      if (hold.isEmpty()) {
        threads.release();
      }
    }
  }

  private Optional<Hold> lockBefore(long deadline) throws IOException, InterruptedException {
    while (true) {
      if (closed.get()) {
        throw new IllegalStateException(path + " is closed");
      }
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return Optional.of(new Hold(lock));
      }
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        return Optional.empty();
      }
      NANOSECONDS.sleep(Math.min(left, PAUSE_NANOS));
    }
  }

  /**
   * Whether the path still leads to the file that was opened. If not, the file was removed or
   * replaced, and another process may hold the lock of the new one.
   */
  public boolean isInPlace() {
    try {
      return identity.equals(FileIdentity.of(path));
    } catch (IOException e) {
      return false;
    }
  }

  /** Closes the file and drops its lock, even if a thread holds it. Idempotent. */
  @Override
  public void close() throws StoreException {
    if (closed.compareAndSet(false, true)) {
      try {
        channel.close();
      } catch (IOException e) {
        throw StoreException.of("close", path, e);
      } finally {
        System.getProperties().remove(REGISTRY + path);
      }
    }
  }

  @Override
  public String toString() {
    return path.toString();
  }

  /** A hold is the lock as held by one holder. Thread-safe: it is released once. */
  public final class Hold implements AutoCloseable {

    private final FileLock lock;
    private final AtomicBoolean released = new AtomicBoolean();

    private Hold(FileLock lock) {
      this.lock = lock;
    }

    /** Releases the lock. Idempotent. */
    @Override
    public void close() throws StoreException {
      if (released.compareAndSet(false, true)) {
        try {
          if (channel.isOpen()) {
            lock.release();
          }
        } catch (IOException e) {
          throw StoreException.of("unlock", path, e);
        } finally {
          threads.release();
        }
      }
    }
  }
}
