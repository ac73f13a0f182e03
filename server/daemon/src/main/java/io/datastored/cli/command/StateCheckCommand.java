package io.datastored.cli.command;

import io.datastored.backup.Backup;
import io.datastored.backup.StateCheck;
import io.datastored.cli.flag.OutputFlag;
import io.datastored.cli.view.CommandFailed;
import io.datastored.cli.view.ExitStatus;
import io.datastored.cli.view.StateReport;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code datastored state check}: shows what is in a state directory, or in a backup, and whether
 * it is whole. Confined to its thread.
 */
@Command(
    name = "check",
    description = {
      "Shows what is in each file of a state directory or of a backup, and whether it"
          + " can be used.",
      "Changes nothing; the server may be running. Exits with 1 if a file has a fault. Notes do not"
          + " change the exit status."
    })
final class StateCheckCommand implements Callable<Integer> {

  private final InputStream in;

  @Parameters(
      paramLabel = "DIR|FILE",
      description = "The state directory, or a backup; - for a backup from standard input.")
  String place;

  @Mixin OutputFlag form;

  @Spec CommandSpec spec;

  StateCheckCommand(InputStream in) {
    this.in = in;
  }

  @Override
  public Integer call() {
    var report = new StateReport(spec.commandLine().getOut(), form.output);
    if (!place.equals(BackupFile.STREAM) && Files.isDirectory(Path.of(place))) {
      StateCheck check = check();
      report.print(check);
      return (check.faults() == 0 ? ExitStatus.OK : ExitStatus.NO).code();
    }
    Backup backup = BackupFile.read(place, in);
    return (report.print(place, backup) ? ExitStatus.OK : ExitStatus.NO).code();
  }

  private StateCheck check() {
    try {
      return StateCheck.of(Path.of(place));
    } catch (IOException e) {
      throw new CommandFailed(ExitStatus.NO, place + ": " + CheckCommand.why(e), e);
    }
  }
}
