package io.datastored.history.file;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.datastored.file.AtomicFile;
import io.datastored.file.Digest;
import io.datastored.file.DiskSteps;
import io.datastored.file.StoreException;
import io.datastored.history.AcceptedState;
import io.datastored.history.StateText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/**
 * A consent is an operator's confirmation of a change that the server would not accept by itself,
 * stored in a file of the state directory. Immutable. It names its subject, so that a leftover
 * consent cannot apply to a later change.
 */
public final class Consent {

  static final String NAME = "accept";
  private static final String RESTORED = "restored\n";

  private Consent() {}

  /**
   * Confirms a configuration that has lost datastores.
   *
   * @param accepted the last accepted configuration
   * @param found the present content of the file
   */
  public static void toContent(Path stateDirectory, Digest accepted, Digest found)
      throws StoreException {
    write(stateDirectory, text(accepted, found), DiskSteps.REAL);
  }

  /** Confirms that the state directory was restored from a backup. */
  public static void toRestore(Path stateDirectory, DiskSteps disk) throws StoreException {
    write(stateDirectory, RESTORED, disk);
  }

  /** The accepted state in a directory; empty if there is none. */
  public static Optional<AcceptedState> accepted(Path stateDirectory) throws StoreException {
    Path file = stateDirectory.resolve("state");
    try {
      return Files.exists(file)
          ? Optional.of(StateText.read(Files.readAllBytes(file)).state())
          : Optional.empty();
    } catch (IOException e) {
      throw StoreException.of("read", file, e);
    } catch (IllegalArgumentException e) {
      throw new StoreException(
          StoreException.Reason.OTHER, file + " cannot be read: " + e.getMessage());
    }
  }

  private static void write(Path stateDirectory, String text, DiskSteps disk)
      throws StoreException {
    Path file = stateDirectory.resolve(NAME);
    new AtomicFile(file, disk).replace(text.getBytes(UTF_8));
    try {
      // The server may run as another user, and the file contains nothing secret.
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    } catch (IOException e) {
      throw StoreException.of("change the mode of", file, e);
    }
  }

  private static String text(Digest accepted, Digest found) {
    return "content " + accepted.hex() + " " + found.hex() + "\n";
  }

  static boolean isGiven(Path file, Digest accepted, Digest found) {
    return read(file).equals(text(accepted, found));
  }

  /** Whether a restore was confirmed. */
  static boolean isRestored(Path stateDirectory) {
    return isRestored(read(stateDirectory.resolve(NAME)));
  }

  /** Whether this text confirms a restore. */
  static boolean isRestored(String text) {
    return text.equals(RESTORED);
  }

  /** Removes the consent to a content that has been used. */
  static void spendContent(Path file) {
    spend(file, "content ");
  }

  /** Removes the confirmation of a restore, after the new history has begun. */
  static void spendRestored(Path stateDirectory) {
    spend(stateDirectory.resolve(NAME), RESTORED);
  }

  private static void spend(Path file, String begin) {
    if (read(file).startsWith(begin)) {
      try {
        Files.delete(file);
      } catch (IOException e) {
        // Harmless: the content is no longer in the file, and another new history loses nothing.
      }
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return "";
    }
  }
}
