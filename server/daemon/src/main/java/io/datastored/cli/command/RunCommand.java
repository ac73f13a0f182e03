package io.datastored.cli.command;

import com.google.common.base.Ascii;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.datastored.cli.flag.Connection;
import io.datastored.cli.flag.OnLost;
import io.datastored.cli.flag.ServerOptions;
import io.datastored.cli.view.AskedOperation;
import io.datastored.cli.view.CommandFailed;
import io.datastored.cli.view.DurationText;
import io.datastored.cli.view.ErrorMessage;
import io.datastored.cli.view.ExitStatus;
import io.datastored.cli.view.Terminal;
import io.datastored.cli.view.VisibleText;
import io.datastored.client.DatastoredException;
import io.datastored.client.Handle;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code datastored run}: holds a lease while a command runs. Confined to its thread. */
@Command(
    name = "run",
    description = {
      "Holds a lease while a command runs, for programs that know nothing of leases.",
      "The command finds DATASTORED_DATASTORE, DATASTORED_PATH, DATASTORED_OPERATION,"
          + " DATASTORED_LEASE_ID and DATASTORED_FENCING_TOKEN in its environment, and"
          + " receives SIGINT, SIGTERM and SIGHUP. Exits with the status of the command; with"
          + " 125 if the lease was refused or lost, with 127 if the command cannot be"
          + " started."
    })
public final class RunCommand implements Callable<Integer> {

  /** The longest purpose that the contract allows. */
  private static final int LONGEST_PURPOSE = 64;

  private final Terminal screen;

  @Parameters(index = "0", paramLabel = "NAME", description = "The datastore.")
  String datastore;

  @Parameters(index = "1", paramLabel = "read|write", description = "What the command does.")
  AskedOperation operation;

  @Parameters(
      index = "2..*",
      arity = "1..*",
      paramLabel = "COMMAND",
      description = "The command and its arguments, after '--'.")
  List<String> command;

  @Option(
      names = "--purpose",
      paramLabel = "TEXT",
      defaultValue = "",
      description =
          "What the lease is for, shown to anyone who waits for it (default: the program's name).")
  String purpose;

  @Option(
      names = "--ttl",
      paramLabel = "DURATION",
      defaultValue = "30s",
      description = {
        "How long the server may be unreachable, and how long the lease lives on if this host"
            + " dies (default: ${DEFAULT-VALUE}; the command is terminated after two thirds of it)."
      })
  Duration ttl;

  @Option(
      names = "--on-lost",
      paramLabel = "term|warn",
      defaultValue = "term",
      description = {
        "If the lease is lost: term terminates the command before anyone else can be granted"
            + " access, warn lets it continue (default: ${DEFAULT-VALUE})."
      })
  OnLost onLost;

  @Mixin ServerOptions server;
  @Spec CommandSpec spec;

  public RunCommand(Terminal screen) {
    this.screen = screen;
  }

  @Override
  public Integer call() throws InterruptedException {
    if (operation == AskedOperation.LOOKUP) {
      throw new CommandFailed(ExitStatus.USAGE, "'lookup' holds no lease: use read or write.");
    }
    try (Connection connection = server.connect()) {
      CommandLease lease = take(connection);
      try {
        return run(lease);
      } finally {
        if (!lease.end()) {
          spec.commandLine()
              .getErr()
              .printf(
                  "datastored run: The lease could not be released; it expires within %s.%n",
                  DurationText.print(lease.ttl()));
        }
      }
    }
  }

  private int run(CommandLease lease) throws InterruptedException {
    var relay = new SignalRelay(screen);
    relay.install();
    Child child = start(lease.handle());
    relay.relayTo(child);
    GuardedRun.Ending ending =
        new GuardedRun(lease, child, onLost, spec.commandLine().getErr(), System::nanoTime).run();
    return switch (ending) {
      case KEPT -> child.status();
      case LOST -> ExitStatus.RUN_WITHOUT_LEASE.code();
    };
  }

  private CommandLease take(Connection connection) throws InterruptedException {
    try {
      return CommandLease.take(
          connection.server(),
          connection.client("datastored run").ttl(ttl),
          datastore,
          operation.asked(),
          purpose.isEmpty() ? program() : purpose);
    } catch (DatastoredException refused) {
      throw new CommandFailed(
          ExitStatus.RUN_WITHOUT_LEASE,
          ErrorMessage.of(connection.server(), refused).sentence()
              + " The command was not started.");
    }
  }

  /** Without the arguments, which may be confidential. */
  private String program() {
    Path name = Path.of(command.get(0)).getFileName();
    return Ascii.truncate(
        VisibleText.of(name == null ? command.get(0) : name.toString()), LONGEST_PURPOSE, "");
  }

  private Child start(Handle granted) {
    if (granted.basePath().isEmpty()) {
      // A relative path would be resolved in the working directory of this process.
      throw new CommandFailed(
          ExitStatus.RUN_WITHOUT_LEASE,
          "The server is older than this command and does not report where the datastore is:"
              + " upgrade"
              + " it. The command was not started.");
    }
    try {
      return SystemChild.start(
          ImmutableList.copyOf(command),
          ImmutableMap.of(
              "DATASTORED_DATASTORE", datastore,
              "DATASTORED_PATH", granted.basePath(),
              "DATASTORED_OPERATION", operation.toString(),
              "DATASTORED_LEASE_ID", granted.leaseId().orElseThrow(),
              "DATASTORED_FENCING_TOKEN", Long.toString(granted.fencingToken().orElseThrow())));
    } catch (IOException e) {
      throw new CommandFailed(
          ExitStatus.RUN_NOT_STARTED,
          "The command cannot be started: %s.".formatted(e.getMessage()),
          e);
    }
  }
}
