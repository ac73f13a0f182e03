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
 * A consent is what an operator says of a state directory, in a file of it, because the server
 * would not believe it by itself. Immutable. It names what it is about, so that one that is left
 * over cannot be taken for a later one.
 */
public final class Consent {

  static final String NAME = "accept";
  private static final String RESTORED = "restored\n";

  private Consent() {}

  /**
   * Says that a configuration which has lost datastores is meant.
   *
   * @param accepted the configuration that was accepted last
   * @param found what is in the file
   */
  public static void toContent(Path stateDirectory, Digest accepted, Digest found)
      throws StoreException {
    write(stateDirectory, text(accepted, found));
  }

  /** Says that the state directory was restored from a backup. */
  public static void toRestore(Path stateDirectory) throws StoreException {
    write(stateDirectory, RESTORED);
  }

  /** The state that is kept in a directory; nothing when there is none. */
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
      // The server may run as another user; it says nothing secret.
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

  /** Whether it was said that the directory was restored, which counts once. */
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

  /** What was consented to has been done. */
  static void spend(Path file) {
    if (read(file).startsWith("content ")) {
      try {
        Files.delete(file);
      } catch (IOException e) {
        // It names what it was about, which is not in the file any more.
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
