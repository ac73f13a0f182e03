package io.datastored.cli.flag;

import io.datastored.cli.view.OutputFormat;
import picocli.CommandLine.Option;

/** The output flag is how a command prints what it has found. Set by picocli. */
public final class OutputFlag {

  @Option(
      names = "--output",
      paramLabel = "FORMAT",
      defaultValue = "table",
      description =
          "One of ${COMPLETION-CANDIDATES}: json prints one object per line (default:"
              + " ${DEFAULT-VALUE}).")
  public OutputFormat output;
}
