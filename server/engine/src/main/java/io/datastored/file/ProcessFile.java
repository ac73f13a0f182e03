package io.datastored.file;

import com.google.common.collect.Sets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A process file is a file of the run directory that belongs to this process and says, by a kernel
 * lock, that this process is alive. Thread-safe.
 *
 * <p>The lock is on an empty file of its own beside it: it is dropped when any descriptor of its
 * file is closed, so that file is opened once by this process and nothing reads it. The file itself
 * may be opened, mapped and closed by anybody.
 */
public final class ProcessFile implements AutoCloseable {

  /**
   * All of this process, so that none is collected as garbage: its descriptor would be closed, and
   * the lock dropped, though a handle that was lost without being closed is still counted.
   */
  private static final Set<ProcessFile> OPEN = Sets.newConcurrentHashSet();

  private final String id;
  private final Path file;
  private final Path lockPath;
  private final FileIdentity identity;
  private final LockFile lock;
  private final AtomicBoolean closed = new AtomicBoolean();

  ProcessFile(String id, Path file, Path lockPath, FileIdentity identity, LockFile lock) {
    this.id = id;
    this.file = file;
    this.lockPath = lockPath;
    this.identity = identity;
    this.lock = lock;
    boolean unused = OPEN.add(this);
  }

  /** By which {@link ProcessFiles#live} tells this file from others. */
  public String id() {
    return id;
  }

  /** To be read, written and mapped. */
  public Path path() {
    return file;
  }

  /** Whether others that look find this file, and find it alive. */
  public boolean intact() {
    try {
      return identity.equals(FileIdentity.of(file)) && lock.isInPlace();
    } catch (IOException e) {
      return false;
    }
  }

  /** Removes the file. Idempotent. */
  @Override
  public void close() throws StoreException {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    boolean unused = OPEN.remove(this);
    try (LockFile releasedLast = lock) {
      // The file before its lock: who finds a file without a lock takes its process for dead, which
      // is right only when nothing is told in it any more.
      Files.deleteIfExists(file);
      Files.deleteIfExists(lockPath);
    } catch (IOException e) {
      throw StoreException.of("remove", file, e);
    }
  }

  @Override
  public String toString() {
    return file.toString();
  }
}
