package io.datastored.cli.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.datastored.cli.flag.TypedOnly;
import io.datastored.cli.view.CommandFailed;
import io.datastored.cli.view.ExitStatus;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.util.Locale;
import picocli.CommandLine.Option;

/**
 * An operator's word is what a command needs that gives up what nobody can check: a flag, or an
 * answer to its question. Set by picocli.
 */
final class OperatorsWord {

  @TypedOnly
  @Option(names = "--yes", description = "Do not ask.")
  boolean yes;

  /**
   * Asks, unless the flag has answered.
   *
   * @throws CommandFailed when the answer is anything but yes
   */
  void require(String question, InputStream in, PrintWriter out) {
    if (yes) {
      return;
    }
    out.print(question + " [y/N] ");
    out.flush();
    String answer;
    try {
      answer = new BufferedReader(new InputStreamReader(in, UTF_8)).readLine();
    } catch (IOException e) {
      throw new CommandFailed(ExitStatus.NO, "no answer can be read: " + e.getMessage(), e);
    }
    if (answer == null) {
      out.println();
      throw new CommandFailed(
          ExitStatus.NO, "nothing was changed: there was no answer. With --yes it is not asked");
    }
    if (!answer.strip().toLowerCase(Locale.ROOT).matches("y|yes")) {
      throw new CommandFailed(ExitStatus.NO, "nothing was changed");
    }
  }
}
