package io.datastored.cli.command;

import io.datastored.cli.flag.BuildVersion;
import io.datastored.cli.view.Terminal;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code datastored maintenance}: prints its help unless a subcommand is given. Stateless. */
@Command(
    name = "maintenance",
    mixinStandardHelpOptions = true,
    versionProvider = BuildVersion.class,
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "%nCommands:%n",
    description = {
      "Takes datastores out of service, waits until they are unused, and puts them back.",
      ""
    })
public final class MaintenanceCommand implements Runnable {

  @Spec CommandSpec spec;

  private MaintenanceCommand() {}

  public static CommandLine commandLine(Terminal screen) {
    return new CommandLine(new MaintenanceCommand())
        .addSubcommand(new MaintenanceSetCommand(screen))
        .addSubcommand(new MaintenanceClearCommand())
        .addSubcommand(new MaintenanceDrainCommand(screen));
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }
}
