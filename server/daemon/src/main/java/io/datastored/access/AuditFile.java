package io.datastored.access;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import io.datastored.file.FileIdentity;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An audit file is the file to which audit lines are appended. For one thread at a time.
 *
 * <p>It is known by its name: if the file was renamed or removed, as by logrotate, a new one is
 * made. A last line that is torn, because a disk was full or a machine lost its power, is ended
 * before the next one is appended. A new file gets the mode of the options; an existing one keeps
 * its own. What was written survives the end of this process; it is not synced.
 */
final class AuditFile implements AuditSink {

  /** With less space than this the file counts as full, so that this is noticed before a change. */
  private static final long LEAST_SPACE = 64 << 10;

  private static final int MOST_TRIES = 100;

  private static final Set<OpenOption> APPEND =
      Set.of(StandardOpenOption.WRITE, StandardOpenOption.APPEND, NOFOLLOW_LINKS);

  private final Path file;
  private final Set<PosixFilePermission> mode;
  private @Nullable FileChannel channel;
  private @Nullable FileIdentity identity;
  private @Nullable FileStore store;

  AuditFile(Path file, Set<PosixFilePermission> mode) {
    this.file = file;
    this.mode = mode;
  }

  @Override
  public void check() throws IOException {
    if (channel != null && !isInPlace()) {
      close();
    }
    if (channel == null) {
      open();
    }
    if (Objects.requireNonNull(store).getUsableSpace() < LEAST_SPACE) {
      throw new IOException("No space left on device");
    }
  }

  @Override
  public void append(ByteBuffer lines) throws IOException {
    try {
      write(Objects.requireNonNull(channel), lines);
    } catch (IOException e) {
      // The last line may be torn; opening the file again ends it.
      try {
        close();
      } catch (IOException onClose) {
        e.addSuppressed(onClose);
      }
      throw e;
    }
  }

  private static void write(FileChannel to, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      int unused = to.write(bytes);
    }
  }

  private boolean isInPlace() {
    try {
      return FileIdentity.of(file).equals(identity);
    } catch (IOException e) {
      return false;
    }
  }

  /** Opens the file of the name; it may be replaced by another at any time. */
  private void open() throws IOException {
    for (int tries = 0; tries < MOST_TRIES; tries++) {
      try {
        requireRegular();
        FileIdentity before = FileIdentity.of(file);
        boolean torn = isTorn();
        FileChannel opened = FileChannel.open(file, APPEND);
        boolean kept = false;
        try {
          // The same file before and after, so it is the one that was opened and looked at.
          if (FileIdentity.of(file).equals(before)) {
            if (torn) {
              write(opened, ByteBuffer.wrap(new byte[] {'\n'}));
            }
            store = Files.getFileStore(file);
            channel = opened;
            identity = before;
            kept = true;
            return;
          }
        } finally {
          if (!kept) {
            opened.close();
          }
        }
      } catch (NoSuchFileException e) {
        create();
      }
    }
    throw new IOException("it keeps being replaced");
  }

  private void requireRegular() throws IOException {
    BasicFileAttributes found =
        Files.readAttributes(file, BasicFileAttributes.class, NOFOLLOW_LINKS);
    if (!found.isRegularFile()) {
      throw new IOException(
          found.isSymbolicLink() ? "it is a symbolic link" : "it is not a regular file");
    }
  }

  private boolean isTorn() throws IOException {
    try (FileChannel there = FileChannel.open(file, StandardOpenOption.READ, NOFOLLOW_LINKS)) {
      ByteBuffer last = ByteBuffer.allocate(1);
      return there.size() > 0 && there.read(last, there.size() - 1) == 1 && last.get(0) != '\n';
    }
  }

  private void create() throws IOException {
    try {
      Files.createFile(file, PosixFilePermissions.asFileAttribute(mode));
      Files.setPosixFilePermissions(file, mode); // whatever the umask has taken away
    } catch (FileAlreadyExistsException e) {
      // Made by somebody else just now, and opened like any other.
    }
  }

  @Override
  public void close() throws IOException {
    FileChannel open = channel;
    channel = null;
    if (open != null) {
      open.close();
    }
  }

  @Override
  public String toString() {
    return file.toString();
  }
}
