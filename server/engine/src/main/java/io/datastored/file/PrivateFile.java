package io.datastored.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * A private file is a file that only its owner may open: a user that can read a lock file can also
 * lock it. Stateless. It is never opened through a link at its own path.
 */
public final class PrivateFile {

  private static final Set<PosixFilePermission> OWNER =
      PosixFilePermissions.fromString("rw-------");

  /** The attribute for a new file: mode 0600 from its creation. */
  public static final FileAttribute<Set<PosixFilePermission>> ATTRIBUTE =
      PosixFilePermissions.asFileAttribute(OWNER);

  private static final Set<OpenOption> OPEN =
      Set.of(
          StandardOpenOption.CREATE,
          StandardOpenOption.READ,
          StandardOpenOption.WRITE,
          LinkOption.NOFOLLOW_LINKS);

  private PrivateFile() {}

  /**
   * Opens a file, and creates it if needed. The permissions of a file from an earlier version are
   * tightened.
   *
   * @throws IOException also when it is a link, not a regular file, or owned by another user
   */
  public static FileChannel open(Path file) throws IOException {
    if (Files.isSymbolicLink(file)) {
      throw new IOException(file + " is a symbolic link; remove it");
    }
    FileChannel channel = FileChannel.open(file, OPEN, ATTRIBUTE);
    boolean own = false;
    try {
      requireOwn(file);
      own = true;
      return channel;
    } finally {
      if (!own) {
        channel.close();
      }
    }
  }

  private static void requireOwn(Path file) throws IOException {
    PosixFileAttributes found =
        Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (!found.isRegularFile()) {
      throw new IOException(file + " is not a regular file; remove it");
    }
    if (ForeignOwner.of(file).isPresent()
        && !found.owner().equals(Files.getOwner(HiddenNames.directoryOf(file)))) {
      throw new IOException(file + " belongs to " + found.owner() + "; remove it");
    }
    if (!OWNER.containsAll(found.permissions())) {
      Files.setPosixFilePermissions(file, OWNER);
    }
  }
}
