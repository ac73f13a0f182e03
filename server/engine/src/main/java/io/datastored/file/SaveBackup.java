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
 * A save backup is the old content of a file under a second name while the new content takes the
 * first. Confined to one thread. Its name contains the digest that it should have, so that it can
 * be checked after a crash, too.
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

  /** Links a file to a second name; empty if the file system or its policy does not permit it. */
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
      LOG.debug("cannot keep the old content of {} during its save", target, e);
      return Optional.empty();
    }
  }

  public Path path() {
    return path;
  }

  /** Whether the target is still the file that was set aside. */
  public boolean isStill(Path target) throws IOException {
    return Files.exists(target) && FileIdentity.of(target).equals(FileIdentity.of(path));
  }

  /**
   * Removes the second name. If it has become the only name, and the content is not the expected
   * one, the file is instead renamed for the operator.
   *
   * @return the new name, if it was renamed
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
      LOG.warn("{} was edited at the moment of a save; the edit is in {}", target, kept);
      return Optional.of(kept);
    } catch (IOException e) {
      LOG.warn("cannot remove {}; it is checked again at the next start", path, e);
      return Optional.empty();
    }
  }
}
