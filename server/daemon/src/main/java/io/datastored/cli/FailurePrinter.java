package io.datastored.cli;

import io.datastored.cli.flag.EnvironmentDefaults;
import io.datastored.cli.view.CommandFailed;
import io.datastored.cli.view.ExitStatus;
import io.datastored.cli.view.VisibleText;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** A failure printer prints why a command failed, in one sentence on stderr. Immutable. */
final class FailurePrinter implements IParameterExceptionHandler, IExecutionExceptionHandler {

  private final EnvironmentDefaults environment;

  FailurePrinter(EnvironmentDefaults environment) {
    this.environment = environment;
  }

  @Override
  public int handleParseException(ParameterException failure, String[] args) {
    CommandLine line = failure.getCommandLine();
    String name = line.getCommandSpec().qualifiedName();
    PrintWriter err = line.getErr();
    err.printf(
        "%s: %s%s (see '%s --help')%n",
        name, VisibleText.of(sentence(failure)), source(failure, args), name);
    err.flush();
    return ExitStatus.USAGE.code();
  }

  private static String sentence(ParameterException failure) {
    String text = String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
    if (failure instanceof UnmatchedArgumentException unmatched) {
      text = "unknown argument '%s'".formatted(unmatched.getUnmatched().get(0));
    }
    return text.replaceFirst(" at index \\d+ \\((.*?)\\)", " $1")
        .replaceFirst("^Missing required parameters?: ", "missing ")
        .replaceFirst("^Invalid value", "invalid value")
        .replaceFirst("positional parameter ", "")
        .replaceFirst("is not an? (int|long)$", "is not a whole number");
  }

  /**
   * Names the variable of a value that was not typed, because it would be hard to find otherwise.
   */
  private String source(ParameterException failure, String[] args) {
    if (failure.getArgSpec() == null) {
      return "";
    }
    boolean typed =
        failure.getArgSpec() instanceof CommandLine.Model.OptionSpec option
            && java.util.Arrays.stream(args).anyMatch(arg -> arg.startsWith(option.longestName()));
    return typed
        ? ""
        : environment
            .variableFor(failure.getArgSpec())
            .map(variable -> ", from the environment variable " + variable)
            .orElse("");
  }

  @Override
  public int handleExecutionException(Exception failure, CommandLine line, ParseResult parsed) {
    String name = line.getCommandSpec().qualifiedName();
    PrintWriter err = line.getErr();
    ExitStatus status = failure instanceof CommandFailed failed ? failed.status() : ExitStatus.BUG;
    String sentence =
        failure instanceof CommandFailed failed
            ? failed.sentence()
            : "This is a bug, please report it: %s".formatted(failure);
    err.printf("%s: %s%n", name, VisibleText.ofLines(sentence));
    if (isDebug(parsed)) {
      failure.printStackTrace(err);
    }
    err.flush();
    return status.code();
  }

  private static boolean isDebug(ParseResult parsed) {
    return parsed.commandSpec().root().userObject() instanceof Datastored root && root.debug;
  }
}
