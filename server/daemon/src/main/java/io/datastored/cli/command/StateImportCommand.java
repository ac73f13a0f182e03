package io.datastored.cli.command;

import io.datastored.backup.Backup;
import io.datastored.backup.Restore;
import io.datastored.cli.flag.TypedOnly;
import io.datastored.cli.view.CommandFailed;
import io.datastored.cli.view.ExitStatus;
import io.datastored.file.DiskSteps;
import io.datastored.file.StoreException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code datastored state import}: makes a state directory from a backup. Confined to its thread.
 */
@Command(
    name = "import",
    description = {
      "Creates a state directory from a backup, completely or not at all. An existing"
          + " state is never overwritten: stop the server and move the directory away first.",
      "The next start begins a new history: clients read everything again, and no drain completes"
          + " before leases that may have been granted after the backup have expired."
    })
final class StateImportCommand implements Callable<Integer> {

  private final InputStream in;

  @Parameters(index = "0", paramLabel = "FILE", description = "The backup; - for standard input.")
  String file;

  @Parameters(
      index = "1",
      paramLabel = "DIR",
      description = "The state directory: a new directory, or an empty one.")
  Path directory;

  @TypedOnly
  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "The configuration file that the directory is for; written from the backup if it"
              + " does not exist (default: the path in the backup, and no file is written).")
  @Nullable Path config;

  @Spec CommandSpec spec;

  StateImportCommand(InputStream in) {
    this.in = in;
  }

  @Override
  public Integer call() {
    Backup backup = BackupFile.read(file, in);
    try {
      report(
          backup, new Restore(directory, DiskSteps.REAL).from(backup, Optional.ofNullable(config)));
    } catch (StoreException e) {
      throw new CommandFailed(ExitStatus.NO, String.valueOf(e.getMessage()), e);
    }
    return ExitStatus.OK.code();
  }

  private void report(Backup backup, Restore.Restored restored) {
    PrintWriter out = spec.commandLine().getOut();
    out.printf("%s has the backup of %s: %s.%n", directory, backup.made(), restored.state());
    if (!Files.exists(restored.configFile())) {
      out.printf("There is no %s: restore it, or import with --config.%n", restored.configFile());
    }
    if (restored.owner().equals("root")) {
      out.printf(
          "It belongs to root. If the server runs as another user, run: chown -R USER %s (systemd"
              + " does it at the start)%n",
          directory);
    }
    out.println(
        "The next start begins a new history: clients read everything again, and no drain completes"
            + " before leases that may have been granted after the backup have expired.");
  }
}
