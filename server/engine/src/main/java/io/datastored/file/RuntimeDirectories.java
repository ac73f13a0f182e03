package io.datastored.file;

import com.google.common.base.Splitter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Runtime directories are the directories for files that do not survive a reboot, in order of
 * preference: the one from the service manager, the one of the system's services, and the one of
 * the user's login. Immutable. A directory need not exist.
 *
 * @param environment of this process
 * @param system the parent of the runtime directories of the system's services, such as {@code
 *     /run}
 */
public record RuntimeDirectories(Map<String, String> environment, Path system) {

  private static final String NAME = "datastored";

  public RuntimeDirectories {
    environment = Map.copyOf(environment);
  }

  public static RuntimeDirectories ofSystem() {
    return new RuntimeDirectories(System.getenv(), Path.of("/run"));
  }

  /** The directories that this process has. */
  public Stream<Path> inOrder() {
    return Stream.of(given(), services(), login()).flatMap(Optional::stream);
  }

  /** The directory from the service manager: the first of systemd's RuntimeDirectory=. */
  private Optional<Path> given() {
    String directories = environment.getOrDefault("RUNTIME_DIRECTORY", "");
    return absolute(Splitter.on(':').split(directories).iterator().next());
  }

  private Optional<Path> services() {
    return Files.isDirectory(system) ? Optional.of(system.resolve(NAME)) : Optional.empty();
  }

  private Optional<Path> login() {
    return absolute(environment.getOrDefault("XDG_RUNTIME_DIR", ""))
        .filter(Files::isDirectory)
        .map(directory -> directory.resolve(NAME));
  }

  private static Optional<Path> absolute(String path) {
    return path.startsWith("/") ? Optional.of(Path.of(path).normalize()) : Optional.empty();
  }
}
