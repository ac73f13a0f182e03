package io.datastored.file;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A save backup is the old content of a file under a second name while the first is given to the
 * new one. Confined to one thread. Its name tells the digest that it should have, so that it can be
 * judged after a crash too.
 */
public final class SaveBackup {

  private static final Logger LOG = LoggerFactory.getLogger(SaveBackup.class);

  private final Path path;
  private final Digest expected;
  private final DiskSteps disk;

  SaveBackup(Path path, Digest expected, DiskSteps disk) {
    this.path = path;
    this.expected = expected;
    this.disk = disk;
  }

  /** Gives a file a second name; nothing where the file system or its rules do not allow it. */
  public static Optional<SaveBackup> link(
      Path target, Digest expected, DiskSteps disk, Function<byte[], Digest> digests)
      throws IOException {
    SaveBackup aside = new SaveBackup(HiddenNames.aside(target, expected), expected, disk);
    try {
      if (Files.exists(aside.path)) {
        aside.settle(target, digests);
      }
      disk.link(target, aside.path);
      return Optional.of(aside);
    } catch (FileSystemException | UnsupportedOperationException e) {
      LOG.debug("{} cannot be kept aside during its save", target, e);
      return Optional.empty();
    }
  }

  public Path path() {
    return path;
  }

  /** Tells whether the file still is the one that was set aside. */
  public boolean isStill(Path target) throws IOException {
    return Files.exists(target) && FileIdentity.of(target).equals(FileIdentity.of(path));
  }

  /**
   * Drops the second name. If it has become the only one, and the content is not what it should be,
   * it is given a name for the operator instead, which is returned.
   */
  public Optional<Path> settle(Path target, Function<byte[], Digest> digests) {
    try {
      Digest found = isStill(target) ? expected : digests.apply(Files.readAllBytes(path));
      if (found.equals(expected)) {
        disk.delete(path);
        return Optional.empty();
      }
      Path kept =
          target.resolveSibling(target.getFileName() + "." + found.abbreviated() + ".saved");
      disk.rename(path, kept);
      disk.syncDirectory(HiddenNames.directoryOf(target));
      LOG.warn("{} was edited in the moment of a save; the edit is in {}", target, kept);
      return Optional.of(kept);
    } catch (IOException e) {
      LOG.warn("cannot drop {}; it is looked at again at the next start", path, e);
      return Optional.empty();
    }
  }
}
