package io.datastored.engine;

import io.datastored.history.Machine;
import io.datastored.history.file.FileConfigStore;
import io.datastored.mount.MountRoots;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Engine options are what an engine can be told. Immutable; {@link #of} has the defaults, the
 * {@code with…} methods make changed copies.
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
    FileConfigStore.Access configAccess,
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
    return new EngineOptions(
        configFile,
        stateDirectory,
        Optional.empty(),
        EngineTiming.DEFAULT,
        FileWatching.ON,
        MountRoots.SYSTEM,
        FileConfigStore.Access.OF_OWN_FILES,
        Availability.OBSERVE,
        Machine.ID,
        Losses.TROUBLE,
        mainClass());
  }

  /** A copy with another run directory. */
  public EngineOptions withRunDirectory(Path directory) {
    return new EngineOptions(
        configFile,
        stateDirectory,
        Optional.of(directory),
        timing,
        fileWatching,
        mountRoots,
        configAccess,
        availability,
        machineId,
        losses,
        program);
  }

  /** A copy with other times. */
  public EngineOptions withTiming(EngineTiming other) {
    return new EngineOptions(
        configFile,
        stateDirectory,
        runDirectory,
        other,
        fileWatching,
        mountRoots,
        configAccess,
        availability,
        machineId,
        losses,
        program);
  }

  /** A copy with file watching on or off. */
  public EngineOptions withFileWatching(FileWatching other) {
    return new EngineOptions(
        configFile,
        stateDirectory,
        runDirectory,
        timing,
        other,
        mountRoots,
        configAccess,
        availability,
        machineId,
        losses,
        program);
  }

  /** A copy with other places for removable datastores. */
  public EngineOptions withMountRoots(MountRoots other) {
    return new EngineOptions(
        configFile,
        stateDirectory,
        runDirectory,
        timing,
        fileWatching,
        other,
        configAccess,
        availability,
        machineId,
        losses,
        program);
  }

  /** A copy with another access to the configuration file. */
  public EngineOptions withConfigAccess(FileConfigStore.Access other) {
    return new EngineOptions(
        configFile,
        stateDirectory,
        runDirectory,
        timing,
        fileWatching,
        mountRoots,
        other,
        availability,
        machineId,
        losses,
        program);
  }

  /** A copy that treats devices differently. */
  public EngineOptions withAvailability(Availability other) {
    return new EngineOptions(
        configFile,
        stateDirectory,
        runDirectory,
        timing,
        fileWatching,
        mountRoots,
        configAccess,
        other,
        machineId,
        losses,
        program);
  }

  /** A copy that reads the id of this machine from another file. */
  public EngineOptions withMachineId(Path other) {
    return new EngineOptions(
        configFile,
        stateDirectory,
        runDirectory,
        timing,
        fileWatching,
        mountRoots,
        configAccess,
        availability,
        other,
        losses,
        program);
  }

  /** A copy that treats a configuration differently that has lost its datastores. */
  public EngineOptions withLosses(Losses other) {
    return new EngineOptions(
        configFile,
        stateDirectory,
        runDirectory,
        timing,
        fileWatching,
        mountRoots,
        configAccess,
        availability,
        machineId,
        other,
        program);
  }

  /** A copy under another name for people. */
  public EngineOptions withProgram(String other) {
    return new EngineOptions(
        configFile,
        stateDirectory,
        runDirectory,
        timing,
        fileWatching,
        mountRoots,
        configAccess,
        availability,
        machineId,
        losses,
        other);
  }

  /** What the virtual machine was told to run, without its package or directory and arguments. */
  private static String mainClass() {
    String command = System.getProperty("sun.java.command", "java");
    int end = command.indexOf(' ');
    String main = end < 0 ? command : command.substring(0, end);
    String file = main.substring(main.lastIndexOf('/') + 1);
    return file.endsWith(".jar") ? file : file.substring(file.lastIndexOf('.') + 1);
  }
}
