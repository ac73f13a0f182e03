package io.datastored.cli;

import io.datastored.engine.EngineOptions;
import io.datastored.engine.EngineOptions.Availability;
import io.datastored.engine.EngineOptions.FileWatching;
import io.datastored.engine.EngineOptions.Losses;
import io.datastored.engine.EngineTiming;
import io.datastored.file.ConfigPath;
import io.datastored.history.file.FileConfigStore.Access;
import io.datastored.mount.MountRoots;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags of {@code serve} for the configuration and its state. Confined to one thread. */
final class EngineFlags {

  /** Whether the server may write the configuration file. */
  enum ReadOnlyConfig {
    AUTO(Access.OF_OWN_FILES),
    TRUE(Access.READ_ONLY),
    FALSE(Access.READ_WRITE);

    private final Access access;

    ReadOnlyConfig(Access access) {
      this.access = access;
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Whether edits are looked for when the operating system tells of them. */
  enum Watching {
    ON(FileWatching.ON),
    OFF(FileWatching.OFF);

    private final FileWatching watching;

    Watching(FileWatching watching) {
      this.watching = watching;
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "The datastore.cfg to serve (required).")
  @Nullable Path config;

  @Option(
      names = "--state-dir",
      paramLabel = "DIR",
      defaultValue = "/var/lib/datastored",
      description = "Directory for the state that survives a restart (default: ${DEFAULT-VALUE}).")
  Path stateDirectory;

  @Option(
      names = "--run-dir",
      paramLabel = "DIR",
      description =
          "Directory in which the processes of this host share counters, on tmpfs if possible (default: chosen at start).")
  @Nullable Path runDirectory;

  @Option(
      names = "--read-only-config",
      arity = "0..1",
      paramLabel = "auto|true|false",
      defaultValue = "auto",
      fallbackValue = "true",
      description =
          "Never write the configuration file. auto: only if it belongs to another user (default: auto).")
  ReadOnlyConfig readOnlyConfig;

  @Option(
      names = "--accept-empty-config",
      description =
          "Accept a configuration file that became empty or was truncated, without 'datastored"
              + " accept'.")
  boolean acceptEmptyConfig;

  @Option(
      names = "--machine-id",
      paramLabel = "FILE",
      defaultValue = "/etc/machine-id",
      hidden = true,
      description = "File with this machine's id, used to detect a cloned machine.")
  Path machineId;

  @Option(
      names = "--file-watching",
      paramLabel = "on|off",
      defaultValue = "on",
      description = "Use inotify to notice edits at once (default: ${DEFAULT-VALUE}).")
  Watching fileWatching;

  @Option(
      names = "--digest-check",
      paramLabel = "DURATION",
      defaultValue = "60s",
      converter = DurationText.class,
      description = "How often the whole file is compared (default: ${DEFAULT-VALUE}).")
  Duration digestCheck;

  @Option(
      names = "--settle",
      paramLabel = "DURATION",
      defaultValue = "500ms",
      converter = DurationText.class,
      description =
          "How long a file edited in place must stay unchanged before it is accepted (default: ${DEFAULT-VALUE}).")
  Duration settle;

  @Option(
      names = "--settle-limit",
      paramLabel = "DURATION",
      defaultValue = "5s",
      converter = DurationText.class,
      description =
          "When such a file is accepted although it keeps changing (default: ${DEFAULT-VALUE}).")
  Duration settleLimit;

  @Option(
      names = "--doorbell-poll",
      paramLabel = "DURATION",
      defaultValue = "50ms",
      converter = DurationText.class,
      description =
          "How often an idle server checks for changes made by other processes (default:"
              + " ${DEFAULT-VALUE}).")
  Duration doorbellPoll;

  @Option(
      names = "--lock-wait",
      paramLabel = "DURATION",
      defaultValue = "10s",
      converter = DurationText.class,
      description =
          "How long a write waits for another writing process (default: ${DEFAULT-VALUE}).")
  Duration lockWait;

  @Option(
      names = "--run-check",
      paramLabel = "DURATION",
      defaultValue = "250ms",
      converter = DurationText.class,
      description =
          "How often the server checks that its run directory still exists (default:"
              + " ${DEFAULT-VALUE}).")
  Duration runCheck;

  @Option(
      names = "--base-path-wait",
      paramLabel = "DURATION",
      defaultValue = "1s",
      converter = DurationText.class,
      description =
          "How long a lookup waits for the file system of a base path (default:"
              + " ${DEFAULT-VALUE}).")
  Duration basePathWait;

  @Option(
      names = "--mount-poll",
      paramLabel = "DURATION",
      defaultValue = "1s",
      converter = DurationText.class,
      description = "How often removable devices are checked (default: ${DEFAULT-VALUE}).")
  Duration mountPoll;

  @Option(
      names = "--mount-root",
      paramLabel = "DIR",
      defaultValue = "/mnt/datastore",
      description =
          "Directory in which removable datastores are mounted (default: ${DEFAULT-VALUE}).")
  Path mountRoot;

  @Option(
      names = "--device-root",
      paramLabel = "DIR",
      defaultValue = "/dev/disk/by-uuid",
      description = "Directory that lists file systems by UUID (default: ${DEFAULT-VALUE}).")
  Path deviceRoot;

  /** The file by its absolute path: the state directory remembers which one it is about. */
  EngineOptions options(Path file) {
    EngineOptions options =
        EngineOptions.of(ConfigPath.asGiven(file), stateDirectory)
            .withTiming(timing())
            .withFileWatching(fileWatching.watching)
            .withConfigAccess(readOnlyConfig.access)
            .withAvailability(Availability.COMMIT)
            .withMachineId(machineId)
            .withLosses(acceptEmptyConfig ? Losses.MEANT : Losses.TROUBLE)
            .withProgram("datastored")
            .withMountRoots(new MountRoots(mountRoot, deviceRoot, MountRoots.SYSTEM.mountInfo()));
    return runDirectory == null ? options : options.withRunDirectory(runDirectory);
  }

  private EngineTiming timing() {
    EngineTiming started =
        OptionRule.on("--doorbell-poll", () -> EngineTiming.DEFAULT.withDoorbellPoll(doorbellPoll));
    EngineTiming checked =
        OptionRule.on("--digest-check", () -> started.withDigestCheck(digestCheck));
    EngineTiming looking = OptionRule.on("--mount-poll", () -> checked.withMountPoll(mountPoll));
    EngineTiming settling =
        OptionRule.on("--settle, --settle-limit", () -> looking.withSettle(settle, settleLimit));
    EngineTiming waiting = OptionRule.on("--lock-wait", () -> settling.withLockWait(lockWait));
    EngineTiming running = OptionRule.on("--run-check", () -> waiting.withRunCheck(runCheck));
    return OptionRule.on("--base-path-wait", () -> running.withBasePathWait(basePathWait));
  }
}
