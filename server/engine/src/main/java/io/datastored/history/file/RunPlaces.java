package io.datastored.history.file;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.hash.Hashing;
import io.datastored.file.RuntimeDirectories;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Run places are the default locations of a run directory, in order of preference: below a runtime
 * directory, in world-writable shared memory, and finally in the state directory. Immutable.
 *
 * @param runtime the runtime directories of this process
 * @param sharedMemory world-writable, so its content may belong to other users
 */
record RunPlaces(RuntimeDirectories runtime, Path sharedMemory) {

  private static final String NAME = "datastored";
  private static final int HASH_DIGITS = 16;

  static RunPlaces ofSystem() {
    return new RunPlaces(RuntimeDirectories.ofSystem(), Path.of("/dev/shm"));
  }

  /** The run directory for a state directory; each has its own. */
  Path choose(Path stateDirectory) {
    String hash = hash(stateDirectory);
    return runtime
        .inOrder()
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
