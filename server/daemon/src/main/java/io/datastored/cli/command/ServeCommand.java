package io.datastored.cli.command;

import io.datastored.cli.flag.AccessFlags;
import io.datastored.cli.flag.AdminFlags;
import io.datastored.cli.flag.AuditFlags;
import io.datastored.cli.flag.BuildVersion;
import io.datastored.cli.flag.EngineFlags;
import io.datastored.cli.flag.LimitFlags;
import io.datastored.cli.flag.LogLevel;
import io.datastored.cli.flag.LogSetup;
import io.datastored.cli.flag.NeighbourFlags;
import io.datastored.cli.flag.OptionRules;
import io.datastored.cli.flag.ReplicaFlags;
import io.datastored.cli.flag.TransportFlags;
import io.datastored.cli.view.CommandFailed;
import io.datastored.cli.view.ExitStatus;
import io.datastored.cli.view.Labels;
import io.datastored.cli.view.LogFormat;
import io.datastored.daemon.DaemonOptions;
import io.datastored.daemon.DaemonStartException;
import io.datastored.daemon.ServedHistories;
import io.datastored.file.ConfigPath;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code datastored serve}: runs a server until it is stopped. Confined to its thread. */
@Command(
    name = "serve",
    sortOptions = false,
    description = {
      "Serves a datastore.cfg, or a configuration in etcd, until SIGTERM or Ctrl-C, then finishes"
          + " the calls in flight and exits.",
      "Prints one line when it is ready; everything else goes to the log on stderr.",
      "On SIGHUP it reads its files again, and logs which changed options need a restart."
    })
public final class ServeCommand implements Callable<Integer> {

  static final String OPTIONS = "options";

  @Option(
      names = "--" + OPTIONS,
      paramLabel = "FILE",
      description =
          "A file with more options, one 'name = value' a line. The command line and the environment"
              + " win.")
  @Nullable Path optionsFile;

  @ArgGroup(validate = false, heading = "%nConfiguration and state:%n")
  EngineFlags engine = new EngineFlags();

  @ArgGroup(validate = false, heading = "%nOne of several servers, with the history in etcd:%n")
  ReplicaFlags replica = new ReplicaFlags();

  @ArgGroup(validate = false, heading = "%nConnections:%n")
  TransportFlags transport = new TransportFlags();

  @ArgGroup(validate = false, heading = "%nHealth and status over HTTP:%n")
  AdminFlags admin = new AdminFlags();

  @ArgGroup(validate = false, heading = "%nAudit log:%n")
  AuditFlags audit = new AuditFlags();

  @ArgGroup(validate = false, heading = "%nAccess:%n")
  AccessFlags access = new AccessFlags();

  @ArgGroup(validate = false, heading = "%nLimits:%n")
  LimitFlags limits = new LimitFlags();

  @ArgGroup(validate = false, heading = "%nBeside Proxmox Backup Server:%n")
  NeighbourFlags neighbour = new NeighbourFlags();

  @Option(
      names = "--log-format",
      paramLabel = "FORMAT",
      defaultValue = "text",
      description = "One of ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  LogFormat logFormat;

  @Option(
      names = "--log-level",
      paramLabel = "LEVEL",
      defaultValue = "info",
      description = "One of ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  LogLevel logLevel;

  @Spec CommandSpec spec;

  @Override
  @SuppressWarnings("try") // a stop signal is there to be closed
  public Integer call() {
    var given = new GivenOptions(spec.commandLine(), Optional.ofNullable(optionsFile));
    GivenOptions.Read read = given.read();
    DaemonOptions options = read.command().options();
    LogSetup.forServer(read.command().logFormat, read.command().logLevel);
    ReloadSignal.ignore();
    try (StopSignal stop =
        StopSignal.install(options.grace().plusSeconds(10), StopSignal.Ending.IN_ORDER)) {
      PrintWriter out = spec.commandLine().getOut();
      JavaFlags.warnIfMemoryErrorsAreOutlived();
      Optional<String> lost =
          ServedHistories.serve(
              options,
              daemon -> {
                ReloadSignal.install(given, daemon, read);
                new ReadyLine(options, daemon).printTo(out);
              });
      if (lost.isPresent()) {
        // A restart creates a new run directory; leases survive it.
        return ExitStatus.RUN_DIRECTORY_LOST.code();
      }
    } catch (InterruptedException stopped) {
      // SIGTERM or Ctrl-C; the daemon was closed on the way here.
    } catch (DaemonStartException e) {
      throw new CommandFailed(statusOf(e), sentence(e), e);
    }
    return ExitStatus.OK.code();
  }

  public DaemonOptions options() {
    var options = new DaemonOptions.Builder(configFile(), engine.stateDirectory);
    options.version = BuildVersion.number();
    var rules = new OptionRules(options);
    engine.applyTo(rules);
    replica.applyTo(rules);
    transport.applyTo(rules);
    admin.applyTo(rules);
    audit.applyTo(rules);
    access.applyTo(rules);
    limits.applyTo(rules);
    neighbour.applyTo(rules);
    return options.build();
  }

  /** By its absolute path: the state directory remembers the file that it belongs to. */
  private Path configFile() {
    if (replica.given()) {
      engine.requireNoFiles();
      return Path.of("");
    }
    if (engine.config == null) {
      // Checked here, because a required option of a group is required only if the group is used.
      throw new ParameterException(
          spec.commandLine(), "missing '--config=FILE' (or '--etcd-endpoints=HOST:PORT')");
    }
    return ConfigPath.asGiven(engine.config);
  }

  private static ExitStatus statusOf(DaemonStartException failure) {
    return switch (failure.kind()) {
      case OPTIONS -> ExitStatus.USAGE;
      case LOCKED, ENGINE, ADDRESS, TLS -> ExitStatus.START_FAILED;
      case UNREACHABLE -> ExitStatus.UNREACHABLE;
    };
  }

  private static String sentence(DaemonStartException failure) {
    return Labels.withoutNativeCall(String.valueOf(failure.getMessage()));
  }
}
