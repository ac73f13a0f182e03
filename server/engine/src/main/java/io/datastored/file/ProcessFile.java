package io.datastored.file;

import com.google.common.collect.Sets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A process file is a file in the run directory that belongs to this process and shows, by a kernel
 * lock, that this process is alive. Thread-safe.
 *
 * <p>The lock is on a separate empty file beside it: it is dropped when any descriptor of that file
 * is closed, so this process opens that file only once, and nothing reads it. The process file
 * itself may be opened, mapped and closed freely.
 */
public final class ProcessFile implements AutoCloseable {

  /**
   * All process files of this process, so that none is garbage collected: that would close its
   * descriptor and drop the lock, although a handle that was leaked is still counted.
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

  /** The id that distinguishes this file in {@link ProcessFiles#live}. */
  public String id() {
    return id;
  }

  /** The file to read, write and map. */
  public Path path() {
    return file;
  }

  /** Whether other processes find this file, and find its process alive. */
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
      // The file before its lock: a process that finds a file without a lock treats its owner as
      // dead, which is safe only when the file is gone.
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
