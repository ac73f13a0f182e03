package io.datastored.file;

import java.io.Closeable;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Operating system steps do what they say. Thread-safe. Content goes through streams and not
 * channels, because a channel is closed by an interrupt of its thread.
 */
final class OperatingSystemSteps implements DiskSteps {

  private static final Logger LOG = LoggerFactory.getLogger(OperatingSystemSteps.class);

  /** In bytes. */
  private static final int PIECE = 1 << 18;

  @Override
  public FileOutputStream create(Path file) throws IOException {
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    return new FileOutputStream(file.toFile());
  }

  @Override
  public void write(FileOutputStream file, byte[] content) throws IOException {
    // In pieces: Java copies what it writes, and a copy of all of a large file costs memory and
    // time.
    for (int at = 0; at < content.length; at += PIECE) {
      file.write(content, at, Math.min(PIECE, content.length - at));
    }
  }

  @Override
  public void sync(FileOutputStream file) throws IOException {
    file.getFD().sync();
  }

  @Override
  public void link(Path existing, Path link) throws IOException {
    Files.createLink(link, existing);
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  public void delete(Path file) throws IOException {
    Files.deleteIfExists(file);
  }

  @Override
  public void syncDirectory(Path directory) throws IOException {
    // A directory can be opened as a channel only, so an interrupt is kept back for the moment.
    boolean interrupted = Thread.interrupted();
    try {
      FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ);
      try {
        channel.force(true);
      } finally {
        release(channel, directory);
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * Closes what is synced, or is not needed. A failure takes nothing from what is on the disk, so
   * it is told to nobody who waits for that.
   */
  static void release(Closeable file, Path path) {
    try {
      file.close();
    } catch (IOException e) {
      LOG.warn("cannot close {}, after it was synced or given up; nothing is lost", path, e);
    }
  }
}
