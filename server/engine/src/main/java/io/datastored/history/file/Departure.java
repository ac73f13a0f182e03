package io.datastored.history.file;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.datastored.file.AtomicFile;
import io.datastored.file.DiskSteps;
import io.datastored.file.StoreException;
import io.datastored.file.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/**
 * A departure is the note in a state directory that its history was taken elsewhere. Stateless. No
 * process uses the directory then: two histories that go on from one state would both say what is
 * drained, and neither would know what the other has granted.
 */
public final class Departure {

  private static final String NAME = "moved";

  private Departure() {}

  /** Whether a directory has a history that was not taken elsewhere. */
  public static boolean isDue(Path directory) {
    return Files.exists(directory.resolve("state")) && !isNoted(directory);
  }

  /** Whether the history is elsewhere. */
  static boolean isNoted(Path directory) {
    return Files.exists(file(directory));
  }

  static Path file(Path directory) {
    return directory.resolve(NAME);
  }

  /** Where the history is; empty if it is here. */
  static Optional<String> where(Path directory) throws StoreException {
    try {
      return Optional.of(Files.readString(file(directory)).strip());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw StoreException.of("read", file(directory), e);
    }
  }

  /** Notes that the history is elsewhere from now on. */
  static void note(Path directory, String where) throws StoreException {
    Path file = file(directory);
    new AtomicFile(file, DiskSteps.REAL).replace((where + "\n").getBytes(UTF_8));
    try {
      // The server may run as another user, and the file contains nothing secret.
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    } catch (IOException e) {
      throw StoreException.of("change the mode of", file, e);
    }
  }

  /** Removes the note: the history has stayed here. */
  static void remove(Path directory) throws StoreException {
    Path file = file(directory);
    try {
      boolean unused = Files.deleteIfExists(file);
    } catch (IOException e) {
      throw StoreException.of("remove", file, e);
    }
  }

  /**
   * Refuses a directory whose history is elsewhere.
   *
   * @throws StateDirectoryException with what to do
   */
  static void refuse(Path directory) throws StateDirectoryException, IOException {
    Path file = file(directory);
    try {
      throw new StateDirectoryException(
          ("the history of the state directory %s was moved to %s. To serve files again, run"
                  + " 'datastored cluster export FILE' and start with a new state directory; if the"
                  + " move was given up, remove %s")
              .formatted(directory, Files.readString(file).strip(), file));
    } catch (NoSuchFileException e) {
      // It is here.
      return;
    }
  }

  /** The verdict on the note. */
  public static Verdict verdict(byte[] bytes) {
    return Verdict.note(
        "the history was moved to %s: no server starts on this directory"
            .formatted(new String(bytes, UTF_8).strip()));
  }
}
