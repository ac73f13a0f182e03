package io.datastored.cli.flag;

import io.datastored.cli.view.OutputFormat;
import picocli.CommandLine.Option;

/** A file report is the option of commands that check files: how they print it. Set by picocli. */
public final class FileReport {

  @Option(
      names = "--output",
      paramLabel = "FORMAT",
      defaultValue = "table",
      description =
          "One of ${COMPLETION-CANDIDATES}: json prints one object per file (default:"
              + " ${DEFAULT-VALUE}).")
  public OutputFormat output;
}
