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
 * A lock file is a file of no content whose kernel lock one holder has at a time, among all threads
 * of all processes. Thread-safe. It is for its owner only: see {@link PrivateFile}.
 *
 * <p>The lock ends with its process, however that ends. It is a record lock, which the kernel drops
 * when <em>any</em> descriptor of the file is closed by the process; so a file is opened once per
 * process, which a registry among the system properties sees to, across class loaders too, and
 * nobody may open it by other means.
 */
public final class LockFile implements AutoCloseable {

  private static final String REGISTRY = "io.datastored.lock-file:";

  /**
   * Between two looks at a lock that another process has: short beside any save, long beside a
   * look.
   */
  private static final long PAUSE_NANOS = 2_000_000;

  private final Path path;
  private final FileIdentity identity;
  private final FileChannel channel;
  private final AtomicBoolean closed = new AtomicBoolean();

  /** Orders the threads of this process, which a kernel lock cannot tell apart. */
  private final Semaphore threads = new Semaphore(1, true);

  private LockFile(Path path, FileIdentity identity, FileChannel channel) {
    this.path = path;
    this.identity = identity;
    this.channel = channel;
  }

  /**
   * Opens a lock file and makes it if need be. Nothing is locked yet.
   *
   * @throws StoreException with reason IN_USE when this process has it open already
   */
  public static LockFile open(Path file) throws StoreException {
    try {
      Path path = realPath(file);
      // Before any descriptor is made, for creation too: closing a second one would drop the lock.
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

  /** By which the file is known in this process: links on the way to it are followed. */
  private static Path realPath(Path file) throws IOException {
    return HiddenNames.directoryOf(file.toAbsolutePath()).toRealPath().resolve(file.getFileName());
  }

  /**
   * Waits for the lock.
   *
   * @param patience how long to wait; zero to look once
   * @return the hold, or nothing when somebody else had it all the time
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
   * Tells whether the path still leads to the file that was opened. When it does not, somebody
   * removed or replaced it, and others may hold the lock of another file.
   */
  public boolean isInPlace() {
    try {
      return identity.equals(FileIdentity.of(path));
    } catch (IOException e) {
      return false;
    }
  }

  /** Closes the file and drops its lock, whoever holds it. Idempotent. */
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

  /** A hold is the lock in one holder's hand. Thread-safe: it is given back once. */
  public final class Hold implements AutoCloseable {

    private final FileLock lock;
    private final AtomicBoolean released = new AtomicBoolean();

    private Hold(FileLock lock) {
      this.lock = lock;
    }

    /** Gives the lock back. Idempotent. */
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
