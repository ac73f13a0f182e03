package io.datastored.cli.command;

import io.datastored.cli.flag.BuildVersion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code datastored access}: prints its help unless a subcommand is given. Stateless. */
@Command(
    name = "access",
    mixinStandardHelpOptions = true,
    versionProvider = BuildVersion.class,
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "%nCommands:%n",
    description = {"Shows who may do what. The rules are in the file of 'serve --access'.", ""})
public final class AccessCommand implements Runnable {

  @Spec CommandSpec spec;

  private AccessCommand() {}

  public static CommandLine commandLine() {
    return new CommandLine(new AccessCommand()).addSubcommand(new AccessExplainCommand());
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }
}
