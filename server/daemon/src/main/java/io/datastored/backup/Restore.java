package io.datastored.backup;

import io.datastored.file.AtomicFile;
import io.datastored.file.ConfigPath;
import io.datastored.file.DiskSteps;
import io.datastored.file.HiddenNames;
import io.datastored.file.StoreException;
import io.datastored.file.Verdict;
import io.datastored.history.StateText;
import io.datastored.history.file.Consent;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A restore creates a state directory from a backup. Confined to one thread.
 *
 * <p>The directory is written under a hidden name, synced, and renamed into its place; so there is
 * a whole state directory or none, whenever the process is killed. The name can be taken only from
 * an empty directory, so a directory in use cannot be overwritten. It says that it was restored, so
 * its first start begins a new history: an older state is never taken for the one that clients
 * know.
 */
public final class Restore {

  private static final String STAGE = ".import~";

  private final Path directory;
  private final DiskSteps disk;

  /**
   * A restore to a directory.
   *
   * @param directory must not exist, or be empty
   */
  public Restore(Path directory, DiskSteps disk) {
    this.directory = directory.toAbsolutePath().normalize();
    this.disk = disk;
  }

  /**
   * What was restored.
   *
   * @param state what is in the state
   * @param configFile the configuration that the directory is for
   * @param owner the user to whom the directory belongs
   */
  public record Restored(String state, Path configFile, String owner) {}

  /**
   * Restores a backup.
   *
   * @param config the configuration that the directory is for, written from the backup if there is
   *     no such file; empty: that of the backup, which is not written
   * @throws StoreException with a sentence; the directory is as before then
   */
  public Restored from(Backup backup, Optional<Path> config) throws StoreException {
    for (Finding finding : backup.findings(Path.of("the backup"))) {
      if (finding.verdict().kind() == Verdict.Kind.FAULT) {
        throw refused(finding.file() + " cannot be used: " + finding.verdict().sentence());
      }
    }
    StateText.Kept kept = StateText.read(backup.state());
    try {
      Path target = target();
      removeStages(target);
      if (config.isPresent()) {
        Path file = ConfigPath.asGiven(config.get());
        write(file, kept);
        kept = new StateText.Kept(kept.state().about(file), kept.mark(), kept.machine());
      }
      byte[] state = StateText.write(kept);
      Path stage = target.resolveSibling(prefix(target) + ProcessHandle.current().pid() + STAGE);
      boolean done = false;
      try {
        fill(stage, backup, state, target);
        take(stage, target);
        done = true;
      } finally {
        if (!done) {
          remove(stage);
        }
      }
      return new Restored(
          StateFile.STATE.verdict(state).sentence(),
          kept.state().configFile().orElse(Path.of("")),
          Files.getOwner(target).getName());
    } catch (IOException e) {
      throw StoreException.of("restore to", directory, e);
    }
  }

  /** The place of the directory, with links resolved. */
  private Path target() throws IOException, StoreException {
    if (!Files.exists(directory)) {
      Path parent = directory.getParent();
      if (parent == null || !Files.isDirectory(parent)) {
        throw refused("there is no directory " + parent);
      }
      return parent.toRealPath().resolve(directory.getFileName());
    }
    if (!Files.isDirectory(directory)) {
      throw refused(directory + " is not a directory");
    }
    Path real = directory.toRealPath();
    try (Stream<Path> files = Files.list(real)) {
      if (files.findAny().isPresent()) {
        throw refused(
            Files.exists(real.resolve(StateFile.STATE.fileName()))
                ? "%s has a state, and may be in use; stop the server and run: mv %s %s.before"
                    .formatted(directory, directory, directory)
                : directory + " is not empty; give a new directory or an empty one");
      }
    }
    if (!Files.getAttribute(real, "unix:dev")
        .equals(Files.getAttribute(real.resolve("..").normalize(), "unix:dev"))) {
      throw refused(
          "%s is a mount point, which cannot be replaced as a whole; give a new directory inside it, and start the server with that --state-dir"
              .formatted(directory));
    }
    return real;
  }

  private static StoreException refused(String sentence) {
    return new StoreException(StoreException.Reason.OTHER, sentence);
  }

  /** Removes what restores to this directory have left that were killed. */
  private void removeStages(Path target) throws IOException {
    try (Stream<Path> files = Files.list(HiddenNames.directoryOf(target))) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        if (name.startsWith(prefix(target)) && name.endsWith(STAGE)) {
          String pid = name.substring(prefix(target).length(), name.length() - STAGE.length());
          if (pid.matches("\\d{1,18}") && isOver(Long.parseLong(pid))) {
            remove(file);
          }
        }
      }
    }
  }

  private static boolean isOver(long pid) {
    // In a container an earlier process often had the same id.
    return pid == ProcessHandle.current().pid() || ProcessHandle.of(pid).isEmpty();
  }

  private static String prefix(Path target) {
    return "." + target.getFileName() + ".";
  }

  /** Writes the accepted configuration, unless there is a file. */
  private void write(Path file, StateText.Kept kept) throws IOException, StoreException {
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    byte[] text =
        kept.state()
            .text()
            .bytes()
            .orElseThrow(
                () -> refused("the backup has no configuration; restore %s first".formatted(file)));
    new AtomicFile(file, disk).replace(text);
    giveAway(file, attributes(HiddenNames.directoryOf(file)));
  }

  private void fill(Path stage, Backup backup, byte[] state, Path target)
      throws IOException, StoreException {
    Files.createDirectory(
        stage, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    // Like an empty directory that was made for the server's user, or else like the one around it.
    PosixFileAttributes owner =
        attributes(Files.exists(target) ? target : HiddenNames.directoryOf(target));
    for (Map.Entry<StateFile, byte[]> file : backup.files().entrySet()) {
      Path path = stage.resolve(file.getKey().fileName());
      AtomicFile.forOwnerOnly(path, disk)
          .replace(file.getKey() == StateFile.STATE ? state : file.getValue());
      giveAway(path, owner);
    }
    Consent.toRestore(stage, disk);
    giveAway(stage, owner);
    disk.syncDirectory(stage);
  }

  private static PosixFileAttributes attributes(Path file) throws IOException {
    return Files.readAttributes(file, PosixFileAttributes.class);
  }

  /** Root restores for the server's user; any other user keeps what it makes. */
  private static void giveAway(Path file, PosixFileAttributes like) throws IOException {
    PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
    PosixFileAttributes made = view.readAttributes();
    if (made.owner().getName().equals("root") && !made.owner().equals(like.owner())) {
      view.setOwner(like.owner());
      view.setGroup(like.group());
    }
  }

  private void take(Path stage, Path target) throws IOException, StoreException {
    try {
      disk.rename(stage, target);
    } catch (FileAlreadyExistsException e) {
      throw refused(directory + " is not empty any more");
    }
    disk.syncDirectory(HiddenNames.directoryOf(target));
  }

  private void remove(Path stage) throws IOException {
    if (Files.isDirectory(stage, LinkOption.NOFOLLOW_LINKS)) {
      try (Stream<Path> files = Files.list(stage)) {
        for (Path file : files.toList()) {
          disk.delete(file);
        }
      }
      disk.delete(stage);
    }
  }
}
