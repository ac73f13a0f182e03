package io.datastored.bench.lookup;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * An exclusive lock is a lock file that is opened, chowned, locked and closed each time.
 * Thread-safe: threads of a process first take a lock in memory, because the kernel's lock belongs
 * to the process.
 */
final class ExclusiveLock {

  private static final long WAIT_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final FileAttribute<Set<PosixFilePermission>> MODE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-rw----"));
  private static final Set<StandardOpenOption> READ_WRITE =
      Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);

  private final Path file;
  private final ReentrantLock threads = new ReentrantLock();

  ExclusiveLock(Path file) {
    this.file = file;
  }

  /** A held lock, which is released by closing it. Confined to its thread. */
  interface Held extends AutoCloseable {
    @Override
    void close() throws IOException;
  }

  /**
   * Takes the lock; waits at most ten seconds, like the original.
   *
   * @throws IOException if the lock is still held after that time
   */
  Held take() throws IOException {
    threads.lock();
    try {
      FileChannel channel = FileChannel.open(file, READ_WRITE, MODE);
      try {
        long begun = System.nanoTime();
        FileLock lock = channel.tryLock();
        while (lock == null) {
          if (System.nanoTime() - begun > WAIT_NANOS) {
            throw new IOException("unable to acquire lock " + file);
          }
          // Cheaper than a timer and its signal, and needed only while another process holds the
          // lock.
          Thread.onSpinWait();
          lock = channel.tryLock();
        }
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
      return () -> {
        try {
          channel.close();
        } finally {
          threads.unlock();
        }
      };
    } catch (IOException | RuntimeException e) {
      threads.unlock();
      throw e;
    }
  }
}
