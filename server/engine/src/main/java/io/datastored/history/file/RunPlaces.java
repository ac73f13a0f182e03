package io.datastored.history.file;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.base.Splitter;
import com.google.common.hash.Hashing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Run places are the default locations of a run directory, in order of preference: below the
 * directory from the service manager, below the system's runtime directory, below that of the
 * user's login, in world-writable shared memory, and finally in the state directory. Immutable.
 *
 * @param environment of this process
 * @param system the runtime directory of root's services, such as {@code /run}
 * @param sharedMemory world-writable, so its content may belong to other users
 */
record RunPlaces(Map<String, String> environment, Path system, Path sharedMemory) {

  private static final String NAME = "datastored";
  private static final int HASH_DIGITS = 16;

  static RunPlaces ofSystem() {
    return new RunPlaces(System.getenv(), Path.of("/run"), Path.of("/dev/shm"));
  }

  /** The run directory for a state directory; each has its own. */
  Path choose(Path stateDirectory) {
    String hash = hash(stateDirectory);
    return Stream.of(given(), services().map(run -> run.resolve(NAME)), login())
        .flatMap(Optional::stream)
        .map(parent -> parent.resolve(hash))
        .filter(RunPlaces::canBeMade)
        .findFirst()
        .orElseGet(() -> lastResort(stateDirectory, hash));
  }

  /** Whether a directory is a default run directory, in any of the places. */
  boolean isChosenFor(Path stateDirectory, Path directory) {
    String hash = hash(stateDirectory);
    return directory.endsWith(Path.of(hash))
        || directory.endsWith(Path.of(NAME + "-" + hash))
        || directory.equals(besides(stateDirectory));
  }

  private Path lastResort(Path stateDirectory, String hash) {
    return Files.isDirectory(sharedMemory) && Files.isWritable(sharedMemory)
        ? sharedMemory.resolve(NAME + "-" + hash)
        : besides(stateDirectory);
  }

  private static Path besides(Path stateDirectory) {
    return stateDirectory.resolve("run.d"); // "run" is the file that names the run directory
  }

  private static String hash(Path stateDirectory) {
    String hash = Hashing.sha256().hashString(stateDirectory.toString(), UTF_8).toString();
    return hash.substring(0, HASH_DIGITS);
  }

  /** The directory from the service manager: the first of systemd's RuntimeDirectory=. */
  private Optional<Path> given() {
    String directories = environment.getOrDefault("RUNTIME_DIRECTORY", "");
    return absolute(Splitter.on(':').split(directories).iterator().next());
  }

  private Optional<Path> services() {
    return Files.isDirectory(system) ? Optional.of(system) : Optional.empty();
  }

  private Optional<Path> login() {
    return absolute(environment.getOrDefault("XDG_RUNTIME_DIR", ""))
        .filter(Files::isDirectory)
        .map(directory -> directory.resolve(NAME));
  }

  private static Optional<Path> absolute(String path) {
    return path.startsWith("/") ? Optional.of(Path.of(path).normalize()) : Optional.empty();
  }

  /**
   * Creates a directory.
   *
   * @return whether this process can create it and write to it
   */
  private static boolean canBeMade(Path directory) {
    try {
      RunDirectory.make(directory);
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
