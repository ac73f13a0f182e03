package io.datastored.cli.flag;

import static io.datastored.cli.flag.OptionRules.DEFAULTS;

import com.google.common.collect.ImmutableMap;
import io.datastored.cli.view.CommandFailed;
import io.datastored.engine.EngineOptions;
import io.datastored.engine.EngineOptions.FileWatching;
import io.datastored.engine.EngineOptions.Losses;
import io.datastored.history.file.FileStoreOptions.Access;
import io.datastored.mount.MountRoots;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags of {@code serve} for the configuration and its state. Confined to one thread. */
public final class EngineFlags {

  /** Whether the server may write the configuration file. */
  public enum ReadOnlyConfig {
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

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "The datastore.cfg to serve (required, unless --etcd-endpoints is given).")
  public @Nullable Path config;

  @Option(
      names = "--state-dir",
      paramLabel = "DIR",
      description = "Directory for the state that survives a restart (default: ${DEFAULT-VALUE}).")
  public Path stateDirectory = Path.of("/var/lib/datastored");

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
      fallbackValue = "true",
      description =
          "Never write the configuration file. auto: only if it belongs to another user (default: auto).")
  ReadOnlyConfig readOnlyConfig = ReadOnlyConfig.AUTO;

  @Option(
      names = "--accept-empty-config",
      description =
          "Accept a configuration file that became empty or was truncated, without 'datastored"
              + " accept'.")
  boolean acceptEmptyConfig;

  @Option(
      names = "--machine-id",
      paramLabel = "FILE",
      hidden = true,
      description = "File with this machine's id, used to detect a cloned machine.")
  Path machineId = DEFAULTS.engine().machineId();

  @Option(
      names = "--file-watching",
      paramLabel = "on|off",
      description = "Use inotify to notice edits at once (default: ${DEFAULT-VALUE}).")
  FileWatching fileWatching = DEFAULTS.engine().fileWatching();

  @Option(
      names = "--digest-check",
      paramLabel = "DURATION",
      description = "How often the whole file is compared (default: ${DEFAULT-VALUE}).")
  Duration digestCheck = DEFAULTS.engine().timing().digestCheck();

  @Option(
      names = "--settle",
      paramLabel = "DURATION",
      description =
          "How long a file edited in place must stay unchanged before it is accepted (default: ${DEFAULT-VALUE}).")
  Duration settle = DEFAULTS.engine().timing().settle();

  @Option(
      names = "--settle-limit",
      paramLabel = "DURATION",
      description =
          "When such a file is accepted although it keeps changing (default: ${DEFAULT-VALUE}).")
  Duration settleLimit = DEFAULTS.engine().timing().settleLimit();

  @Option(
      names = "--doorbell-poll",
      paramLabel = "DURATION",
      description =
          "How often an idle server checks for changes made by other processes (default:"
              + " ${DEFAULT-VALUE}).")
  Duration doorbellPoll = DEFAULTS.engine().timing().doorbellPoll();

  @Option(
      names = "--lock-wait",
      paramLabel = "DURATION",
      description =
          "How long a write waits for another writing process (default: ${DEFAULT-VALUE}).")
  Duration lockWait = DEFAULTS.engine().timing().lockWait();

  @Option(
      names = "--run-check",
      paramLabel = "DURATION",
      description =
          "How often the server checks that its run directory still exists (default:"
              + " ${DEFAULT-VALUE}).")
  Duration runCheck = DEFAULTS.engine().timing().runCheck();

  @Option(
      names = "--base-path-wait",
      paramLabel = "DURATION",
      description =
          "How long a lookup waits for the file system of a base path (default:"
              + " ${DEFAULT-VALUE}).")
  Duration basePathWait = DEFAULTS.engine().timing().basePathWait();

  @Option(
      names = "--mount-poll",
      paramLabel = "DURATION",
      description = "How often removable devices are checked (default: ${DEFAULT-VALUE}).")
  Duration mountPoll = DEFAULTS.engine().timing().mountPoll();

  @Option(
      names = "--mount-root",
      paramLabel = "DIR",
      description =
          "Directory in which removable datastores are mounted (default: ${DEFAULT-VALUE}).")
  Path mountRoot = DEFAULTS.engine().mountRoots().mounts();

  @Option(
      names = "--device-root",
      paramLabel = "DIR",
      description = "Directory that lists file systems by UUID (default: ${DEFAULT-VALUE}).")
  Path deviceRoot = DEFAULTS.engine().mountRoots().devices();

  /**
   * Refuses the flags for files, for a server whose history is in an etcd.
   *
   * @throws CommandFailed with the first that is given
   */
  public void requireNoFiles() {
    EngineOptions unset = DEFAULTS.engine();
    OptionRules.refuse(
        ImmutableMap.<String, Boolean>builder()
            .put("--config", config != null)
            .put("--run-dir", runDirectory != null)
            .put("--read-only-config", readOnlyConfig != ReadOnlyConfig.AUTO)
            .put("--accept-empty-config", acceptEmptyConfig)
            .put("--machine-id", !machineId.equals(unset.machineId()))
            .put("--file-watching", fileWatching != unset.fileWatching())
            .put("--digest-check", !digestCheck.equals(unset.timing().digestCheck()))
            .put("--run-check", !runCheck.equals(unset.timing().runCheck()))
            .buildOrThrow(),
        " is for a server on files, and with --etcd-endpoints the configuration is in etcd: leave"
            + " one of them out. 'datastored cluster init' takes a file to etcd.");
  }

  public void applyTo(OptionRules options) {
    options
        .set("--doorbell-poll", to -> to.engine.timing.doorbellPoll = doorbellPoll)
        .set("--digest-check", to -> to.engine.timing.digestCheck = digestCheck)
        .set("--mount-poll", to -> to.engine.timing.mountPoll = mountPoll)
        .set(
            "--settle, --settle-limit",
            to -> {
              to.engine.timing.settle = settle;
              to.engine.timing.settleLimit = settleLimit;
            })
        .set("--lock-wait", to -> to.engine.timing.lockWait = lockWait)
        .set("--run-check", to -> to.engine.timing.runCheck = runCheck)
        .set("--base-path-wait", to -> to.engine.timing.basePathWait = basePathWait)
        .set("--run-dir", to -> to.engine.runDirectory = Optional.ofNullable(runDirectory))
        .set("--file-watching", to -> to.engine.fileWatching = fileWatching)
        .set("--read-only-config", to -> to.engine.configAccess = readOnlyConfig.access)
        .set("--machine-id", to -> to.engine.machineId = machineId)
        .set(
            "--accept-empty-config",
            to -> to.engine.losses = acceptEmptyConfig ? Losses.MEANT : Losses.TROUBLE)
        .set(
            "--mount-root, --device-root",
            to ->
                to.engine.mountRoots =
                    new MountRoots(mountRoot, deviceRoot, MountRoots.SYSTEM.mountInfo()));
  }
}
