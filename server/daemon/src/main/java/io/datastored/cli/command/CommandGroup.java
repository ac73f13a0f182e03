package io.datastored.cli.command;

import io.datastored.cli.view.Terminal;
import java.io.InputStream;
import java.io.OutputStream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A command group has subcommands, and prints its help unless one is given. Stateless. */
@Command
public final class CommandGroup implements Runnable {

  @Spec CommandSpec spec;

  private CommandGroup() {}

  public static CommandLine access() {
    return of(
        "access",
        "Shows who may do what. The rules are in the file of 'serve --access'.",
        new AccessExplainCommand());
  }

  public static CommandLine maintenance(Terminal screen) {
    return of(
        "maintenance",
        "Takes datastores out of service, waits until they are unused, and puts them back.",
        new MaintenanceSetCommand(screen),
        new MaintenanceClearCommand(),
        new MaintenanceDrainCommand(screen));
  }

  /**
   * @param in for a backup from the input
   * @param bytes for a backup to the output, which is not text
   */
  public static CommandLine state(InputStream in, OutputStream bytes) {
    return of(
        "state",
        "Checks, backs up and restores a server's state directory. Needs no server; run it as root"
            + " or as the server's user.",
        new StateCheckCommand(in),
        new StateExportCommand(bytes),
        new StateImportCommand(in));
  }

  /** A group of these commands. */
  public static CommandLine of(String name, String description, Object... commands) {
    var line = new CommandLine(new CommandGroup());
    line.getCommandSpec().name(name).usageMessage().description(description);
    for (Object command : commands) {
      line.addSubcommand(command);
    }
    return line;
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }
}
