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
 * Operating system steps are the real disk steps. Thread-safe. Content is written to streams and
 * not to channels, because an interrupt of the thread closes a channel.
 */
final class OperatingSystemSteps implements DiskSteps {

  private static final Logger LOG = LoggerFactory.getLogger(OperatingSystemSteps.class);

  /** The size of a single write, in bytes. */
  private static final int PIECE = 1 << 18;

  @Override
  public FileOutputStream create(Path file) throws IOException {
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    return new FileOutputStream(file.toFile());
  }

  @Override
  public void write(FileOutputStream file, byte[] content) throws IOException {
    // In pieces: Java copies what it writes, and copying a large file as a whole costs memory and
    // time.
    for (int at = 0; at < content.length; at += PIECE) {
      file.write(content, at, Math.min(PIECE, content.length - at));
    }
  }

  @Override
  public void sync(FileOutputStream file) throws IOException {
    long begun = System.nanoTime();
    try {
      file.getFD().sync();
    } finally {
      SyncTime.add(System.nanoTime() - begun);
    }
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
    // A directory can be opened only as a channel, so a pending interrupt is deferred.
    boolean interrupted = Thread.interrupted();
    try {
      long begun = System.nanoTime();
      FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ);
      try {
        channel.force(true);
      } finally {
        SyncTime.add(System.nanoTime() - begun);
        release(channel, directory);
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * Closes a file that is synced or not needed. A failure does not affect the data on the disk, so
   * it is only logged.
   */
  static void release(Closeable file, Path path) {
    try {
      file.close();
    } catch (IOException e) {
      LOG.warn("cannot close {}, after it was synced or given up; nothing is lost", path, e);
    }
  }
}
