package io.datastored.neighbour;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.primitives.Longs;
import io.datastored.config.DatastoreName;
import io.datastored.file.ConfigPath;
import io.datastored.file.FileIdentity;
import io.datastored.file.StoreException;
import io.datastored.promise.Elsewhere;
import io.datastored.promise.Peers;
import io.datastored.promise.UnseenOperations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/**
 * A Proxmox Backup Server is a neighbour that may run on this host with the same configuration.
 * Thread-safe: it keeps no state.
 *
 * <p>Its operations are not read, so while it may run, its operations are unknown. Anything that
 * cannot be checked counts as a sign that it runs.
 */
public final class ProxmoxBackupServer implements Peers {

  private static final String NAME = "Proxmox Backup Server";
  private static final Path PROCESSES = Path.of("/proc");

  private final Path configFile;
  private final PbsDirectories directories;

  /**
   * @param configFile the path of the served configuration
   */
  public ProxmoxBackupServer(Path configFile, PbsDirectories directories) {
    this.configFile = configFile;
    this.directories = directories;
  }

  @Override
  public Look begin(DatastoreName datastore) {
    return () -> Elsewhere.unseen(look());
  }

  /**
   * Checks for possible operations that this server does not see. Touches the disk.
   *
   * @return empty if there are none
   */
  public Optional<UnseenOperations> look() {
    // Checks first whether it runs: on most hosts nothing else needs checking.
    return signIn(directories)
        .filter(sign -> isItsConfiguration())
        .map(
            sign ->
                new UnseenOperations(
                    NAME,
                    sign
                        + ", so it may be using this configuration, and this version does not read"
                        + " its operations; when its tasks on the datastore have ended, repeat with"
                        + " --ignore-pbs (ignore_pbs)"));
  }

  /** The sign that one runs, or may run; empty if none does. Touches the disk. */
  public static Optional<String> signIn(PbsDirectories directories) {
    return proxy(directories).or(() -> tracking(directories));
  }

  private static Optional<String> proxy(PbsDirectories directories) {
    Path file = directories.run().resolve("proxy.pid");
    try {
      if (Files.readAttributes(file, BasicFileAttributes.class).isRegularFile()) {
        Long pid = Longs.tryParse(new String(Files.readAllBytes(file), UTF_8).strip());
        return pid == null || pid <= 0
            ? Optional.of(file + " does not name a process")
            : process(pid, file);
      }
      return Optional.of(file + " is not a regular file");
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      return unreadable(file, e);
    }
  }

  private static Optional<String> process(long pid, Path file) {
    // The process of another user may be listed but not accessible.
    if (Files.exists(PROCESSES.resolve(Long.toString(pid))) || ProcessHandle.of(pid).isPresent()) {
      return Optional.of("its proxy (process " + pid + " of " + file + ") is alive");
    }
    return Files.exists(PROCESSES.resolve("self")) && Files.notExists(PROCESSES.resolve("1"))
        ? Optional.of("processes of other users are hidden (hidepid), its proxy perhaps among them")
        : Optional.empty();
  }

  private static Optional<String> tracking(PbsDirectories directories) {
    Path directory = directories.run().resolve("active-operations");
    try {
      BasicFileAttributes unused =
          Files.readAttributes(directory, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      return Optional.of("its tracking directory " + directory + " is there");
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      return unreadable(directory, e);
    }
  }

  private static Optional<String> unreadable(Path path, IOException why) {
    return Optional.of(StoreException.of("look at", path, why).getMessage());
  }

  private boolean isItsConfiguration() {
    Path its = directories.config().resolve("datastore.cfg");
    try {
      return ConfigPath.leadToOneFile(configFile, its) || isOneFile(configFile, its);
    } catch (IOException e) {
      // A loop of symbolic links: unknown, so assume that it is the same file.
      return true;
    }
  }

  /** Whether both paths are the same file, as in a directory that is mounted twice. */
  private static boolean isOneFile(Path one, Path other) {
    try {
      return FileIdentity.of(one).equals(FileIdentity.of(other));
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public String toString() {
    return NAME + " in " + directories;
  }
}
