package io.datastored.history.file;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.datastored.file.LockFile;
import io.datastored.file.StoreException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * The earlier format is that of versions whose state files had no text and no marks. Stateless.
 * Such a version would treat a state file of this version as damaged, set it aside and begin a new
 * history. It opens {@code commit.lock} first, so a directory of that name makes it refuse the
 * state directory without changing anything.
 */
final class EarlierFormat {

  private static final String LOCK = "commit.lock";
  private static final String NOTE = "of-a-later-version-of-datastored";

  private EarlierFormat() {}

  /**
   * Locks out processes of earlier versions from now on.
   *
   * @throws StateDirectoryException when such processes use the directory
   */
  static void shutOut(Path directory, Duration wait)
      throws StateDirectoryException, StoreException, IOException {
    Path lock = directory.resolve(LOCK);
    if (Files.isRegularFile(lock, LinkOption.NOFOLLOW_LINKS)) {
      replace(directory, lock, wait);
    }
    if (!Files.isDirectory(lock)) {
      makeDirectory(lock);
    }
  }

  /**
   * Replaces the old lock file while holding its lock, so that no process of an earlier version
   * starts in between.
   */
  private static void replace(Path directory, Path lock, Duration wait)
      throws StateDirectoryException, StoreException, IOException {
    try (LockFile old = LockFile.open(lock)) {
      Optional<LockFile.Hold> hold = old.tryLock(wait);
      try (MembershipLock users =
          MembershipLock.open(directory.resolve(StateDirectory.USERS_LOCK))) {
        if (hold.isEmpty() || !users.alone()) {
          throw new StateDirectoryException(
              "an earlier version of datastored uses the state directory "
                  + directory
                  + "; stop it, and the programs that embed it, and start this one again");
        }
        Files.delete(lock);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while an earlier version holds " + lock, e);
    }
  }

  private static void makeDirectory(Path lock) throws IOException {
    try {
      Files.createDirectory(lock);
      Files.writeString(
          lock.resolve(NOTE),
          "A later version of datastored uses this state directory. Start that version.\n",
          UTF_8);
    } catch (FileAlreadyExistsException e) {
      // Another process was faster.
    }
  }
}
