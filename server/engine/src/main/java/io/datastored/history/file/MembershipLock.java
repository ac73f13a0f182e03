package io.datastored.history.file;

import io.datastored.file.PrivateFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A membership lock tells whether other processes use a state directory: each holds it shared, and
 * who can have it alone is alone. Confined to the thread that opens the state directory, which
 * holds the commit lock.
 *
 * <p>The file is opened once in a process and nothing else ever opens it: closing any other channel
 * on it would drop the lock.
 */
final class MembershipLock implements AutoCloseable {

  private final FileChannel channel;
  private @Nullable FileLock lock;

  private MembershipLock(FileChannel channel) {
    this.channel = channel;
  }

  static MembershipLock open(Path file) throws IOException {
    return new MembershipLock(PrivateFile.open(file));
  }

  /**
   * Whether no other process uses the directory. The caller keeps others out until {@link #join}.
   */
  boolean alone() throws IOException {
    lock = channel.tryLock(0, 1, false);
    return lock != null;
  }

  /** Becomes one of the users. */
  void join() throws IOException {
    FileLock exclusive = lock;
    if (exclusive != null) {
      // Between release and lock somebody could be alone too; the commit lock keeps him out.
      exclusive.release();
    }
    lock = channel.lock(0, 1, true);
  }

  /**
   * Is no user any more; whether nobody else is one. The caller keeps others out until {@link
   * #close}.
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
