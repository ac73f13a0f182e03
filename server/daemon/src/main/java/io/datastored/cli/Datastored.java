package io.datastored.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The {@code datastored} command: prints its help until it is given a subcommand. Stateless. */
@Command(
    name = "datastored",
    description =
        "Answers whether a datastore may be read or written now, and tells when it changes.",
    mixinStandardHelpOptions = true,
    versionProvider = BuildVersion.class)
final class Datastored implements Runnable {

  public static void main(String[] args) {
    System.exit(new CommandLine(new Datastored()).execute(args));
  }

  @Override
  public void run() {
    CommandLine.usage(this, System.out);
  }
}
