package io.datastored.history.file;

import io.datastored.file.LockFile;
import io.datastored.file.StoreException;
import io.datastored.file.Verdict;
import io.datastored.history.AcceptedState;
import io.datastored.history.StateText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * A quiet state directory is one that no process uses, and that none can use until it is closed: a
 * process that starts takes the lock of commits first. Confined to one thread. It changes nothing
 * but the note that the history has left.
 *
 * <p>It is for those who take a history elsewhere. So it refuses a state with which the next start
 * would begin a new history, and a directory that no server of this version has used.
 */
public final class QuietStateDirectory implements AutoCloseable {

  private final LockFile commits;
  private final MembershipLock users;
  private final Path directory;
  private final AcceptedState state;
  private boolean noted;

  private QuietStateDirectory(
      LockFile commits, MembershipLock users, Path directory, AcceptedState state) {
    this.directory = directory;
    this.commits = commits;
    this.users = users;
    this.state = state;
  }

  /**
   * Keeps everybody else from a state directory.
   *
   * @param machineId the file with the id of this machine
   * @throws StoreException with a sentence for the operator, with reason IN_USE when a process uses
   *     the directory
   */
  public static QuietStateDirectory open(Path directory, Path machineId) throws StoreException {
    Path state = directory.resolve("state");
    if (!Files.exists(state)) {
      throw new StoreException(
          StoreException.Reason.VANISHED, "there is no state of a server in " + directory);
    }
    try {
      Path real = directory.toRealPath();
      requireUsedBefore(real, directory);
      LockFile commits = commits(real, directory);
      boolean open = false;
      try {
        MembershipLock users = alone(commits, real, directory);
        try {
          AcceptedState found = state(real, directory, machineId);
          open = true;
          return new QuietStateDirectory(commits, users, real, found);
        } finally {
          if (!open) {
            users.close();
          }
        }
      } finally {
        if (!open) {
          commits.close();
        }
      }
    } catch (IOException e) {
      throw StoreException.of("read", directory, e);
    }
  }

  /** Lock files that are made here would belong to this user, who may be another one. */
  private static void requireUsedBefore(Path real, Path directory) throws StoreException {
    boolean used =
        Files.isRegularFile(real.resolve(StateDirectory.COMMIT_LOCK), LinkOption.NOFOLLOW_LINKS)
            && Files.isRegularFile(
                real.resolve(StateDirectory.USERS_LOCK), LinkOption.NOFOLLOW_LINKS);
    if (!used) {
      throw once(directory, "no server has used it since it was made or restored");
    }
  }

  private static StoreException once(Path directory, String why) {
    return new StoreException(
        StoreException.Reason.OTHER,
        "the state directory %s cannot be taken elsewhere: %s. Start the server on it once, stop it, and try again"
            .formatted(directory, why));
  }

  private static LockFile commits(Path real, Path directory) throws StoreException {
    try {
      return LockFile.open(real.resolve(StateDirectory.COMMIT_LOCK));
    } catch (StoreException e) {
      // Open in this process.
      throw e.reason() == StoreException.Reason.IN_USE ? inUse(directory) : e;
    }
  }

  private static MembershipLock alone(LockFile commits, Path real, Path directory)
      throws StoreException, IOException {
    try {
      if (commits.tryLock(Duration.ZERO).isEmpty()) {
        throw inUse(directory);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    // With the lock of commits held nobody joins, so whoever is alone now stays alone.
    MembershipLock users = MembershipLock.open(real.resolve(StateDirectory.USERS_LOCK));
    if (!users.alone()) {
      users.close();
      throw inUse(directory);
    }
    return users;
  }

  private static StoreException inUse(Path directory) {
    return new StoreException(
        StoreException.Reason.IN_USE,
        "a server, or a program that embeds one, uses the state directory "
            + directory
            + "; stop it first, so that it changes and promises nothing more");
  }

  private static AcceptedState state(Path real, Path directory, Path machineId)
      throws StoreException, IOException {
    if (Consent.isRestored(real)) {
      throw once(directory, "it was restored from a backup, and begins a new history");
    }
    byte[] bytes = Files.readAllBytes(real.resolve("state"));
    StateText.Kept kept;
    try {
      kept = StateText.read(bytes);
    } catch (IllegalArgumentException e) {
      throw new StoreException(
          StoreException.Reason.OTHER,
          "%s cannot be read: %s".formatted(directory.resolve("state"), e.getMessage()));
    }
    Optional<String> moved = StateDirectoryVerdicts.movedFrom(bytes, machineId);
    if (moved.isPresent()) {
      throw once(directory, moved.get());
    }
    for (Verdict verdict : StateDirectoryVerdicts.ofClaim(real, bytes).values()) {
      if (verdict.kind() != Verdict.Kind.WHOLE) {
        throw once(directory, verdict.sentence());
      }
    }
    return kept.state();
  }

  /** The accepted state. */
  public AcceptedState state() {
    return state;
  }

  /**
   * Notes that the history is elsewhere: no process uses the directory from now on.
   *
   * @param where for display
   * @throws StoreException also when it was taken to another place before: two places would go on
   *     with one history, and give out the same generations and fencing tokens
   */
  public void leave(String where) throws StoreException {
    Optional<String> before = Departure.where(directory);
    if (before.isEmpty()) {
      Departure.note(directory, where);
      noted = true;
    } else if (!before.get().equals(where)) {
      throw new StoreException(
          StoreException.Reason.IN_USE,
          ("the history of the state directory %s was moved to %s, and can be at one place only; it"
                  + " was to be moved to %s now. If both are the same place, write it as before; if"
                  + " that move was given up, remove %s")
              .formatted(directory, before.get(), where, Departure.file(directory)));
    }
  }

  /** Takes {@link #leave} back, but not a note that was there before: that history has left. */
  public void stay() throws StoreException {
    if (noted) {
      Departure.remove(directory);
    }
  }

  /** Gives the directory back. */
  @Override
  public void close() throws StoreException {
    try {
      users.close();
    } catch (IOException e) {
      throw StoreException.of("unlock", directory.resolve(StateDirectory.USERS_LOCK), e);
    } finally {
      commits.close();
    }
  }
}
