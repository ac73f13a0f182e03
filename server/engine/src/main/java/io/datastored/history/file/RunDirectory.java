package io.datastored.history.file;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.datastored.file.ProcessFiles;
import io.datastored.file.StoreException;
import io.datastored.history.Incarnation;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A run directory holds the shared page of a state directory and the operation counters of each
 * process, on tmpfs if possible; its content is created again after a boot. Immutable.
 *
 * <p>The state directory names it, by path and by a random id that is also in the page, so that all
 * processes of a state directory use the same one: processes with different ones would not see each
 * other's doorbell.
 *
 * @param path of the directory
 * @param id of this run, which begins when a process opens the state directory alone
 */
record RunDirectory(Path path, Incarnation id) {

  private static final Logger log = LoggerFactory.getLogger(RunDirectory.class);

  private static final String NEXT = "; remove it or choose another one with --run-dir";
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");
  private static final FileAttribute<?> OWNER_ONLY_ATTRIBUTE =
      PosixFilePermissions.asFileAttribute(OWNER_ONLY);
  private static final FileAttribute<?> OTHERS_READ_ATTRIBUTE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x"));

  /** The file of the shared page. */
  Path page() {
    return path.resolve("page");
  }

  /** The files of the processes. */
  ProcessFiles processes() {
    return ProcessFiles.in(path);
  }

  /**
   * The run directory that a state directory names; empty if there is none.
   *
   * @throws IOException also when the file is not valid
   */
  static Optional<RunDirectory> read(Path pointer) throws IOException {
    if (!Files.exists(pointer)) {
      return Optional.empty();
    }
    try {
      return Optional.of(parse(Files.readAllLines(pointer, UTF_8)));
    } catch (IllegalArgumentException e) {
      throw new IOException(pointer + " is damaged: " + e.getMessage(), e);
    }
  }

  /**
   * The run directory that these lines name.
   *
   * @throws IllegalArgumentException when they name none
   */
  static RunDirectory parse(List<String> lines) {
    if (lines.size() != 2
        || !lines.get(0).startsWith("run ")
        || !lines.get(1).startsWith("path ")) {
      throw new IllegalArgumentException("it does not name a run directory");
    }
    return new RunDirectory(
        Path.of(lines.get(1).substring("path ".length())),
        new Incarnation(lines.get(0).substring("run ".length())));
  }

  /**
   * Removes everything that belongs to no live process. Also removes the directory, if it is a
   * default one and empty. The caller is the last user and locks out others.
   */
  void leave(Path stateDirectory) throws IOException, StoreException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    requireOwn(path);
    processes().sweep();
    Files.deleteIfExists(page());
    if (RunPlaces.ofSystem().isChosenFor(stateDirectory, path)) {
      try {
        Files.deleteIfExists(path);
      } catch (DirectoryNotEmptyException e) {
        log.atDebug().log("{} is not empty", path);
      }
    }
  }

  /** The text of the file in which a state directory names this one. */
  byte[] pointerText() {
    return ("run " + id + "\npath " + path + "\n").getBytes(UTF_8);
  }

  /** The runtime directory shared by all state directories, if there is one. */
  static Optional<Path> shared() {
    Path memory = RunPlaces.ofSystem().sharedMemory();
    return Files.isDirectory(memory) && Files.isWritable(memory)
        ? Optional.of(memory)
        : Optional.empty();
  }

  /** The default run directory of a state directory. Creates it if possible. */
  static Path defaultFor(Path stateDirectory) {
    return RunPlaces.ofSystem().choose(stateDirectory);
  }

  /**
   * Removes the previous run directory of a state directory, if it was a default one and differs
   * from the present one: an earlier version had another default. The caller is alone.
   */
  static void leaveEarlier(Path pointer, Path next, Path stateDirectory) {
    try {
      Optional<RunDirectory> earlier =
          read(pointer)
              .filter(run -> !run.path().equals(next))
              .filter(run -> RunPlaces.ofSystem().isChosenFor(stateDirectory, run.path()));
      if (earlier.isPresent()) {
        earlier.get().leave(stateDirectory);
      }
    } catch (IOException | StoreException e) {
      log.atDebug().log("an earlier run directory is left as it is: {}", e.toString());
    }
  }

  /**
   * Creates the directory, for this user only.
   *
   * @throws IOException also when the path is a link, belongs to another user, or is writable by
   *     others: the parent may be world-writable, and files would be written and removed through it
   */
  static void make(Path path) throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      // Also for the socket of a server, which nobody else may replace, whatever the umask is.
      Files.createDirectories(path.toAbsolutePath().getParent(), OTHERS_READ_ATTRIBUTE);
      try {
        Files.createDirectory(path, OWNER_ONLY_ATTRIBUTE);
      } catch (FileAlreadyExistsException e) {
        // It already exists; its owner is checked next.
      }
    }
    requireOwn(path);
    Path probe = Files.createTempFile(path, ".owner", "");
    try {
      if (!Files.getOwner(probe).equals(Files.getOwner(path, LinkOption.NOFOLLOW_LINKS))) {
        throw new IOException(
            "the run directory " + path + " belongs to " + Files.getOwner(path) + NEXT);
      }
    } finally {
      Files.delete(probe);
    }
  }

  private static void requireOwn(Path path) throws IOException {
    PosixFileAttributes found =
        Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (found.isSymbolicLink()) {
      throw new IOException("the run directory " + path + " is a symbolic link" + NEXT);
    }
    if (!found.isDirectory()) {
      throw new IOException("the run directory " + path + " is not a directory" + NEXT);
    }
    if (found.permissions().contains(PosixFilePermission.GROUP_WRITE)
        || found.permissions().contains(PosixFilePermission.OTHERS_WRITE)) {
      throw new IOException(
          "the run directory "
              + path
              + " may be written to by others than its owner; run: chmod 0700 "
              + path);
    }
  }
}
