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
 * Run places are where the run directory of a state directory is when nobody chose: below the first
 * directory that service managers give, below the system's own, below that of a user's login, in
 * shared memory that everybody may write to, and beside the state at last. Immutable.
 *
 * @param environment of this process
 * @param system where root's services have theirs, such as {@code /run}
 * @param sharedMemory writable for everybody, so what is there may be somebody else's
 */
record RunPlaces(Map<String, String> environment, Path system, Path sharedMemory) {

  private static final String NAME = "datastored";
  private static final int HASH_DIGITS = 16;

  static RunPlaces ofSystem() {
    return new RunPlaces(System.getenv(), Path.of("/run"), Path.of("/dev/shm"));
  }

  /** The place for a state directory; each has its own. */
  Path choose(Path stateDirectory) {
    String hash = hash(stateDirectory);
    return Stream.of(given(), services().map(run -> run.resolve(NAME)), login())
        .flatMap(Optional::stream)
        .map(parent -> parent.resolve(hash))
        .filter(RunPlaces::canBeMade)
        .findFirst()
        .orElseGet(() -> lastResort(stateDirectory, hash));
  }

  /** Whether a directory is one that nobody chose, wherever it is. */
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
    return stateDirectory.resolve("run.d"); // "run" is the file that names it
  }

  private static String hash(Path stateDirectory) {
    String hash = Hashing.sha256().hashString(stateDirectory.toString(), UTF_8).toString();
    return hash.substring(0, HASH_DIGITS);
  }

  /** What a service manager gives: systemd's RuntimeDirectory=, the first of several. */
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

  /** Whether this process may make it and write to it. Makes it. */
  private static boolean canBeMade(Path directory) {
    try {
      RunDirectory.make(directory);
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
