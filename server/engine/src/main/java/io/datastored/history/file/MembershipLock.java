package io.datastored.history.file;

import io.datastored.file.PrivateFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A membership lock shows whether other processes use a state directory: each user holds it shared,
 * so a process that can lock it exclusively is alone. Confined to the thread that opens the state
 * directory, which holds the commit lock.
 *
 * <p>A process opens the file only once: closing any other channel on it would drop the lock.
 */
final class MembershipLock implements AutoCloseable {

  private final FileChannel channel;
  private final long at;
  private @Nullable FileLock lock;

  private MembershipLock(FileChannel channel, long at) {
    this.channel = channel;
    this.at = at;
  }

  static MembershipLock open(Path file) throws IOException {
    return on(PrivateFile.open(file), 0);
  }

  /** The lock on one byte of an open file, which its owner closes. */
  static MembershipLock on(FileChannel channel, long at) {
    return new MembershipLock(channel, at);
  }

  /**
   * Whether no other process uses the directory. The caller locks out others until {@link #join}.
   */
  boolean alone() throws IOException {
    lock = channel.tryLock(at, 1, false);
    return lock != null;
  }

  /** Makes this process a user. */
  void join() throws IOException {
    FileLock exclusive = lock;
    if (exclusive != null) {
      // Between release and lock another process could find itself alone; the commit lock prevents
      // that.
      exclusive.release();
    }
    lock = channel.lock(at, 1, true);
  }

  /**
   * Stops being a user. The caller locks out others until {@link #close}.
   *
   * @return whether no other process is a user
   */
  boolean leave() throws IOException {
    FileLock shared = lock;
    if (shared != null) {
      shared.release();
    }
    return alone();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
