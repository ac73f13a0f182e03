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
    write(stateDirectory, text(accepted, found));
  }

  /** Confirms that the state directory was restored from a backup. */
  public static void toRestore(Path stateDirectory) throws StoreException {
    write(stateDirectory, RESTORED);
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

  private static void write(Path stateDirectory, String text) throws StoreException {
    Path file = stateDirectory.resolve(NAME);
    new AtomicFile(file, DiskSteps.REAL).replace(text.getBytes(UTF_8));
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

  /** Whether a restore was confirmed. Consumes the confirmation. */
  static boolean takeRestored(Path stateDirectory) {
    if (!read(stateDirectory.resolve(NAME)).equals(RESTORED)) {
      return false;
    }
    try {
      Files.delete(stateDirectory.resolve(NAME));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Removes a consent that has been used. */
  static void spend(Path file) {
    if (read(file).startsWith("content ")) {
      try {
        Files.delete(file);
      } catch (IOException e) {
        // Harmless: it names its subject, which is no longer in the file.
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
