package io.datastored.generation;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.hash.Hashing;
import io.datastored.config.StoreException;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A run directory is where the shared page of a state directory lives and where each process tells
 * what it has in progress, on tmpfs where there is one; what is in it is made anew after a boot.
 * Immutable.
 *
 * <p>The state directory names it, by path and by a random id that is also in the page, so that all
 * processes of a state directory meet in one: two that used different ones would not hear each
 * other's doorbell.
 *
 * @param path of the directory
 * @param id of this run: from one time that somebody was alone to the next
 */
record RunDirectory(Path path, Incarnation id) {

  private static final Logger log = LoggerFactory.getLogger(RunDirectory.class);

  private static final Path SHARED_MEMORY = Path.of("/dev/shm");
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");
  private static final FileAttribute<?> OWNER_ONLY_ATTRIBUTE =
      PosixFilePermissions.asFileAttribute(OWNER_ONLY);
  private static final int HASH_DIGITS = 16;

  /** The page in it. */
  Path page() {
    return path.resolve("page");
  }

  /** What processes tell of themselves in it. */
  ProcessFiles processes() {
    return ProcessFiles.in(path);
  }

  /**
   * The run directory that a state directory names; nothing when no file names one.
   *
   * @throws IOException also when the file is not one that a process wrote
   */
  static Optional<RunDirectory> read(Path pointer) throws IOException {
    if (!Files.exists(pointer)) {
      return Optional.empty();
    }
    List<String> lines = Files.readAllLines(pointer, UTF_8);
    try {
      if (lines.size() == 2
          && lines.get(0).startsWith("run ")
          && lines.get(1).startsWith("path ")) {
        return Optional.of(
            new RunDirectory(
                Path.of(lines.get(1).substring("path ".length())),
                new Incarnation(lines.get(0).substring("run ".length()))));
      }
    } catch (IllegalArgumentException e) {
      throw new IOException(pointer + " is damaged: " + e.getMessage(), e);
    }
    throw new IOException(pointer + " is damaged: it names no run directory");
  }

  /**
   * Removes what is in it and belongs to no live process, and the directory itself when it is the
   * one that nobody chose and nothing is left. The caller is the last user and keeps others out.
   */
  void leave(Path stateDirectory) throws IOException, StoreException {
    processes().sweep();
    Files.deleteIfExists(page());
    if (path.equals(defaultFor(stateDirectory))) {
      try {
        Files.deleteIfExists(path);
      } catch (DirectoryNotEmptyException e) {
        log.atDebug().log("{} is not empty", path);
      }
    }
  }

  /** The text of the file by which a state directory names this one. */
  byte[] pointerText() {
    return ("run " + id + "\npath " + path + "\n").getBytes(UTF_8);
  }

  /** The directory for what runs of all state directories, where there is one. */
  static Optional<Path> shared() {
    return Files.isDirectory(SHARED_MEMORY) && Files.isWritable(SHARED_MEMORY)
        ? Optional.of(SHARED_MEMORY)
        : Optional.empty();
  }

  /** Where a state directory's run directory is when nobody chose. */
  static Path defaultFor(Path stateDirectory) {
    if (!Files.isDirectory(SHARED_MEMORY) || !Files.isWritable(SHARED_MEMORY)) {
      return stateDirectory.resolve("run.d"); // "run" is the file that names it
    }
    String hash = Hashing.sha256().hashString(stateDirectory.toString(), UTF_8).toString();
    return SHARED_MEMORY.resolve("datastored-" + hash.substring(0, HASH_DIGITS));
  }

  /**
   * Makes the directory, for this user only.
   *
   * @throws IOException also when somebody else owns what is there: the parent may be writable for
   *     everybody
   */
  static void make(Path path) throws IOException {
    if (!Files.isDirectory(path)) {
      Files.createDirectories(path.toAbsolutePath().getParent());
      Files.createDirectory(path, OWNER_ONLY_ATTRIBUTE);
    }
    Path probe = Files.createTempFile(path, ".owner", "");
    try {
      if (!Files.getOwner(probe).equals(Files.getOwner(path))) {
        throw new IOException(path + " belongs to " + Files.getOwner(path));
      }
    } finally {
      Files.delete(probe);
    }
  }
}
