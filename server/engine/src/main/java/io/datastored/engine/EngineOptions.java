package io.datastored.engine;

import io.datastored.history.Machine;
import io.datastored.history.file.FileStoreOptions;
import io.datastored.mount.MountRoots;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Engine options are what an engine can be told. Immutable; made by {@link #of}, or by a {@link
 * Builder}.
 *
 * @param configFile the configuration file
 * @param stateDirectory where the accepted state lives, shared by all processes that use the file
 * @param runDirectory where the shared page lives, best on tmpfs; empty: chosen, or the one that
 *     the state directory names
 * @param timing how long things take
 * @param fileWatching whether edits are looked for when the operating system tells of them
 * @param mountRoots where removable datastores appear
 * @param configAccess whether the engine may write the configuration file
 * @param availability whether this engine commits what it sees of devices
 * @param machineId the file with the id of this machine: a state directory of another one begins a
 *     new history
 * @param losses whether a configuration is believed that has lost its datastores
 * @param program what this process is called where people see who works on a datastore
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

  /** Whether edits are looked for when the operating system tells of them. */
  public enum FileWatching {
    /** For speed; the periodic check is the guarantee all the same. */
    ON,
    /** Only the periodic check. */
    OFF
  }

  /** What becomes of a device that comes or goes. */
  public enum Availability {
    /** Every lookup looks for itself; nothing is committed. For embedders. */
    OBSERVE,
    /** Looked at periodically, committed as a new generation. For the server. */
    COMMIT
  }

  /** What becomes of a configuration that is empty, or cut, and was not. */
  public enum Losses {
    /** The last good one is served until an operator says that it is meant. */
    TROUBLE,
    /** It is believed: some other program writes it, and may write an empty one. */
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

  /** What the virtual machine was told to run, without its package or directory and arguments. */
  private static String mainClass() {
    String command = System.getProperty("sun.java.command", "java");
    int end = command.indexOf(' ');
    String main = end < 0 ? command : command.substring(0, end);
    String file = main.substring(main.lastIndexOf('/') + 1);
    return file.endsWith(".jar") ? file : file.substring(file.lastIndexOf('.') + 1);
  }

  /** Options that are being filled in; what is left alone stays at its default. Not thread-safe. */
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
     * Makes the options.
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
