package io.datastored.engine;

import io.datastored.history.Machine;
import io.datastored.history.file.FileStoreOptions;
import io.datastored.mount.MountRoots;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Engine options configure an engine. Immutable; made by {@link #of}, or by a {@link Builder}.
 *
 * @param configFile the configuration file
 * @param stateDirectory where the accepted state lives, shared by all processes that use the file
 * @param runDirectory where the shared page lives, preferably on tmpfs; empty: the one that the
 *     state directory names, or else a default
 * @param timing periods and time-outs
 * @param fileWatching whether file notifications of the operating system are used
 * @param mountRoots where removable datastores appear
 * @param configAccess whether the engine may write the configuration file
 * @param availability whether this engine commits changes of devices
 * @param machineId the file with the id of this machine: a state directory of another machine
 *     begins a new history
 * @param losses whether a configuration that has lost its datastores is accepted
 * @param program the name of this process where users of a datastore are listed
 */
public record EngineOptions(
    Path configFile,
    Path stateDirectory,
    Optional<Path> runDirectory,
    EngineTiming timing,
    FileWatching fileWatching,
    MountRoots mountRoots,
    FileStoreOptions.Access configAccess,
    Availability availability,
    Path machineId,
    Losses losses,
    String program) {

  /** Whether file notifications of the operating system are used to detect edits. */
  public enum FileWatching {
    /** Faster detection; the periodic check remains the guarantee. */
    ON,
    /** Only the periodic check. */
    OFF
  }

  /** What happens when a device appears or disappears. */
  public enum Availability {
    /** Every lookup checks for itself; nothing is committed. For embedders. */
    OBSERVE,
    /** Checked periodically; a change is committed as a new generation. For the server. */
    COMMIT
  }

  /** What happens when the configuration has become empty or truncated. */
  public enum Losses {
    /** The last good one is served until an operator confirms the change. */
    TROUBLE,
    /** It is accepted: another program writes the file, and may write an empty one. */
    MEANT
  }

  /** The defaults for a configuration file and a state directory. */
  public static EngineOptions of(Path configFile, Path stateDirectory) {
    return new Builder(configFile, stateDirectory).build();
  }

  /**
   * The defaults with some changes.
   *
   * @param changes for example {@code options -> options.timing.lockWait = Duration.ofSeconds(1)}
   */
  public static EngineOptions of(
      Path configFile, Path stateDirectory, Consumer<? super Builder> changes) {
    var options = new Builder(configFile, stateDirectory);
    changes.accept(options);
    return options.build();
  }

  /** The main class or jar of this virtual machine, without package, directory and arguments. */
  private static String mainClass() {
    String command = System.getProperty("sun.java.command", "java");
    int end = command.indexOf(' ');
    String main = end < 0 ? command : command.substring(0, end);
    String file = main.substring(main.lastIndexOf('/') + 1);
    return file.endsWith(".jar") ? file : file.substring(file.lastIndexOf('.') + 1);
  }

  /** A builder of options. A field that is not set keeps its default. Not thread-safe. */
  public static final class Builder {
    public Path configFile;
    public Path stateDirectory;
    public Optional<Path> runDirectory = Optional.empty();
    public final EngineTiming.Builder timing = new EngineTiming.Builder();
    public FileWatching fileWatching = FileWatching.ON;
    public MountRoots mountRoots = MountRoots.SYSTEM;
    public FileStoreOptions.Access configAccess = FileStoreOptions.Access.OF_OWN_FILES;
    public Availability availability = Availability.OBSERVE;
    public Path machineId = Machine.ID;
    public Losses losses = Losses.TROUBLE;
    public String program = mainClass();

    public Builder(Path configFile, Path stateDirectory) {
      this.configFile = configFile;
      this.stateDirectory = stateDirectory;
    }

    /**
     * Builds the options.
     *
     * @throws IllegalArgumentException when a value breaks a rule
     */
    public EngineOptions build() {
      return new EngineOptions(
          configFile,
          stateDirectory,
          runDirectory,
          timing.build(),
          fileWatching,
          mountRoots,
          configAccess,
          availability,
          machineId,
          losses,
          program);
    }
  }
}
