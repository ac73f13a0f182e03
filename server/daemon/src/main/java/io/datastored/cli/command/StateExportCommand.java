package io.datastored.cli.command;

import io.datastored.backup.Backup;
import io.datastored.cli.flag.BuildVersion;
import io.datastored.cli.view.CommandFailed;
import io.datastored.cli.view.ExitStatus;
import io.datastored.file.StoreException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code datastored state export}: writes a backup of a state directory. Confined to its thread.
 */
@Command(
    name = "export",
    description = {
      "Writes a backup of a state directory: one file with the accepted configuration, modes,"
          + " generations, the ledger of leases, and the last good rules.",
      "The server may be running. The key by which leases are continued is secret, and"
          + " is left out."
    })
final class StateExportCommand implements Callable<Integer> {

  private final OutputStream bytes;

  @Parameters(index = "0", paramLabel = "DIR", description = "The state directory.")
  Path directory;

  @Parameters(
      index = "1",
      paramLabel = "FILE",
      description = "The backup file, replaced if it exists; - for standard output.")
  String file;

  @Spec CommandSpec spec;

  StateExportCommand(OutputStream bytes) {
    this.bytes = bytes;
  }

  @Override
  public Integer call() {
    try {
      Backup backup =
          Backup.of(
              directory, BuildVersion.number(), Instant.now().truncatedTo(ChronoUnit.SECONDS));
      if (file.equals(BackupFile.STREAM)) {
        bytes.write(backup.text());
        bytes.flush();
      } else {
        backup.writeTo(Path.of(file));
      }
    } catch (StoreException e) {
      throw new CommandFailed(ExitStatus.NO, String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw new CommandFailed(
          ExitStatus.NO, "the backup cannot be written to the output: " + e.getMessage(), e);
    }
    return ExitStatus.OK.code();
  }
}
