package io.datastored.cli.command;

import io.datastored.backup.Backup;
import io.datastored.cli.view.CommandFailed;
import io.datastored.cli.view.ExitStatus;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** A backup file is a backup that was named on the command line. Stateless. */
final class BackupFile {

  /** The name of the input and the output. */
  static final String STREAM = "-";

  private BackupFile() {}

  /**
   * Reads it.
   *
   * @throws CommandFailed when it cannot be read, or is no whole backup
   */
  static Backup read(String file, InputStream in) {
    try {
      return Backup.read(
          file.equals(STREAM) ? in.readAllBytes() : Files.readAllBytes(Path.of(file)));
    } catch (IllegalArgumentException e) {
      throw new CommandFailed(ExitStatus.NO, file + " cannot be used: " + e.getMessage(), e);
    } catch (NoSuchFileException e) {
      throw new CommandFailed(ExitStatus.NO, "there is no file " + file, e);
    } catch (IOException e) {
      throw new CommandFailed(ExitStatus.NO, file + ": " + CheckCommand.why(e), e);
    }
  }
}
