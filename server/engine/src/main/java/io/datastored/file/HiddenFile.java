package io.datastored.file;

import com.google.common.collect.Sets;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A hidden file is new content that is not yet in its place, locked as long as its process lives.
 * Confined to one thread at a time.
 *
 * <p>The lock shows other processes that the file is not a leftover. Within this process a set
 * shows it: a second channel on the file would drop the lock when it is closed.
 */
final class HiddenFile implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(HiddenFile.class);
  private static final Set<Path> IN_USE = Sets.newConcurrentHashSet();

  private final Path path;
  private final FileOutputStream stream;

  private HiddenFile(Path path, FileOutputStream stream) {
    this.path = path;
    this.stream = stream;
  }

  static HiddenFile create(Path path, DiskSteps disk) throws IOException {
    FileOutputStream stream = disk.create(path);
    IN_USE.add(path);
    try {
      // On a file system without locks, only its age protects the file.
      stream.getChannel().tryLock();
    } catch (IOException e) {
      LOG.debug("no lock on {}", path, e);
    }
    return new HiddenFile(path, stream);
  }

  /** Whether a hidden file does not belong to a live process anymore. */
  static boolean isLeftOver(Path path) throws IOException {
    if (IN_USE.contains(path)) {
      return false;
    }
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock()) {
      return lock != null;
    }
  }

  Path path() {
    return path;
  }

  FileOutputStream stream() {
    return stream;
  }

  /** Closes the file, and removes it if it still has its hidden name. */
  void discard(DiskSteps disk) {
    close();
    try {
      disk.delete(path);
    } catch (IOException e) {
      LOG.warn("cannot remove {}; it is removed at the next start", path, e);
    }
  }

  @Override
  public void close() {
    IN_USE.remove(path);
    OperatingSystemSteps.release(stream, path);
  }
}
