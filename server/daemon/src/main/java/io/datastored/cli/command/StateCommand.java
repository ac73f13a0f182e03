package io.datastored.cli.command;

import io.datastored.cli.flag.BuildVersion;
import java.io.InputStream;
import java.io.OutputStream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code datastored state}: prints its help unless a subcommand is given. Stateless. */
@Command(
    name = "state",
    mixinStandardHelpOptions = true,
    versionProvider = BuildVersion.class,
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "%nCommands:%n",
    description = {
      "Checks, backs up and restores a server's state directory. Needs no server; run it as root or"
          + " as the server's user.",
      ""
    })
public final class StateCommand implements Runnable {

  @Spec CommandSpec spec;

  private StateCommand() {}

  /**
   * The command with its subcommands.
   *
   * @param in for a backup from the input
   * @param bytes for a backup to the output, which is not text
   */
  public static CommandLine commandLine(InputStream in, OutputStream bytes) {
    return new CommandLine(new StateCommand())
        .addSubcommand(new StateCheckCommand(in))
        .addSubcommand(new StateExportCommand(bytes))
        .addSubcommand(new StateImportCommand(in));
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }
}
