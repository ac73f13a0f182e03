package io.datastored.cli.command;

import io.datastored.cli.flag.BuildVersion;
import io.datastored.cli.view.CheckReport;
import io.datastored.cli.view.ExitStatus;
import io.datastored.cli.view.OutputFormat;
import io.datastored.config.document.ConfigDocument;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code datastored check}: reports faults in configuration files. Confined to its thread. */
@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    versionProvider = BuildVersion.class,
    description = {
      "Checks configuration files without a server and prints each fault with its line and column.",
      "Exits with 1 if a file has a fault or cannot be read. Notes do not change the exit status: they name what this server serves but Proxmox Backup Server 4.2 would refuse (with --strict they count as faults).",
      ""
    })
public final class CheckCommand implements Callable<Integer> {

  private static final String STDIN = "-";

  private final InputStream in;

  @Parameters(arity = "1..*", paramLabel = "FILE", description = "A file, or - for the input.")
  List<String> files;

  @Option(
      names = "--output",
      paramLabel = "FORMAT",
      defaultValue = "table",
      description =
          "One of ${COMPLETION-CANDIDATES}: json prints one object per file (default:"
              + " ${DEFAULT-VALUE}).")
  OutputFormat output;

  @Option(
      names = "--strict",
      description = "Also exit with 1 on anything that Proxmox Backup Server 4.2 refuses.")
  boolean strict;

  @Spec CommandSpec spec;

  public CheckCommand(InputStream in) {
    this.in = in;
  }

  @Override
  public Integer call() {
    var report =
        new CheckReport(
            spec.commandLine().getOut(),
            output,
            strict ? CheckReport.Rule.PBS : CheckReport.Rule.FAULTS);
    boolean good = true;
    for (String file : files) {
      good &= isGood(file, report);
    }
    return (good ? ExitStatus.OK : ExitStatus.NO).code();
  }

  private boolean isGood(String file, CheckReport report) {
    try {
      byte[] bytes = file.equals(STDIN) ? in.readAllBytes() : Files.readAllBytes(Path.of(file));
      return report.print(file, ConfigDocument.parse(bytes));
    } catch (NoSuchFileException e) {
      report.unreadable(file, "there is no such file");
    } catch (IOException e) {
      report.unreadable(file, why(e));
    }
    return false;
  }

  /** Why an existing file cannot be read. */
  static String why(IOException e) {
    if (e instanceof AccessDeniedException) {
      return "it cannot be read: permission denied";
    }
    String reason =
        e instanceof FileSystemException system
            ? system.getReason()
            : String.valueOf(e.getMessage());
    return "it cannot be read: " + (reason == null ? e.getClass().getSimpleName() : reason);
  }
}
