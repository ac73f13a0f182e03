package io.datastored.cli.cluster;

import io.datastored.cli.view.CheckReport;
import io.datastored.cli.view.CommandFailed;
import io.datastored.cli.view.ExitStatus;
import io.datastored.cli.view.OutputFormat;
import io.datastored.config.document.ConfigDocument;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** A given configuration is one that was named on the command line, or edited. Stateless. */
final class GivenConfiguration {

  /** The name of the input and the output. */
  static final String STREAM = "-";

  private GivenConfiguration() {}

  /**
   * Reads one and checks it, as {@code datastored check} does.
   *
   * @throws CommandFailed when it cannot be read or has a fault
   */
  static byte[] read(String file, InputStream in, PrintWriter out) {
    byte[] bytes = bytes(file, in);
    if (!isGood(file, bytes, out)) {
      throw new CommandFailed(
          ExitStatus.NO, "%s has faults: nothing was written to etcd".formatted(file));
    }
    return bytes;
  }

  private static byte[] bytes(String file, InputStream in) {
    try {
      return file.equals(STREAM) ? in.readAllBytes() : Files.readAllBytes(Path.of(file));
    } catch (NoSuchFileException e) {
      throw new CommandFailed(ExitStatus.NO, "there is no file " + file, e);
    } catch (AccessDeniedException e) {
      throw new CommandFailed(ExitStatus.NO, file + " cannot be read: permission denied", e);
    } catch (IOException e) {
      throw new CommandFailed(
          ExitStatus.NO, "%s cannot be read: %s".formatted(file, e.getMessage()), e);
    }
  }

  /** Whether a text has no fault; if it has, prints the report of a check. */
  static boolean isGood(String file, byte[] bytes, PrintWriter out) {
    ConfigDocument document = ConfigDocument.parse(bytes);
    return document.isFaultless()
        || new CheckReport(out, OutputFormat.TABLE, CheckReport.Rule.FAULTS).print(file, document);
  }
}
