package io.datastored.history.file;

import io.datastored.file.LockFile;
import io.datastored.file.StoreException;
import io.datastored.history.AcceptedState;
import io.datastored.history.Doorbell;
import io.datastored.history.Machine;
import io.datastored.history.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A state directory is shared by the processes that use one configuration file: it holds the state
 * file, the locks, and the name of the run directory with the doorbell. Thread-safe once open.
 *
 * <pre>
 *   state        the accepted state
 *   change.lock  held while a change is committed
 *   users.lock   held, shared, by every process that uses the directory
 *   run          names the run directory
 *   commit.lock  a directory, where earlier versions of datastored had the lock: they refuse it
 * </pre>
 *
 * <p>Its {@link Claim} is beside the configuration file, or else in the runtime directory.
 *
 * @param states the store in which states are committed
 * @param doorbell shared by all processes of this directory
 * @param initial the state that was found, or the empty one of a new history
 * @param run begins when a process opens the directory alone
 */
record StateDirectory(
    FileStateStore states,
    Doorbell doorbell,
    AcceptedState initial,
    Path directory,
    RunDirectory run,
    MembershipLock users,
    Claim claim)
    implements AutoCloseable {

  static final String COMMIT_LOCK = "change.lock";
  static final String USERS_LOCK = "users.lock";

  private static final Logger log = LoggerFactory.getLogger(StateDirectory.class);

  /**
   * Opens a state directory, creates it if needed, and joins the processes that use it.
   *
   * @param configFile the path of the configuration file; refused if it leads to another file than
   *     the one recorded in the directory. {@link #initial} has the path to follow
   * @throws StateDirectoryException with a sentence for the operator
   */
  static StateDirectory open(FileStoreOptions options, Path configFile)
      throws StateDirectoryException {
    Path directory = options.places().stateDirectory();
    Duration wait = options.waits().lock();
    try {
      Files.createDirectories(directory);
      Path real = directory.toRealPath();
      EarlierFormat.shutOut(real, wait);
      LockFile commitLock = LockFile.open(real.resolve(COMMIT_LOCK));
      try {
        Machine machine = Machine.of(options.places().machineId());
        FileStateStore states =
            new FileStateStore(
                real.resolve("state"),
                options.outside().disk(),
                commitLock,
                machine,
                options.outside().random(),
                options.outside().clock());
        return new Opening(real, configFile, machine, states, options).open();
      } catch (StateDirectoryException | StoreException | IOException | RuntimeException e) {
        commitLock.close();
        throw e;
      }
    } catch (StoreException | IOException e) {
      throw new StateDirectoryException(
          "the state directory "
              + directory
              + " cannot be used: "
              + StateDirectoryException.reason(e),
          e);
    }
  }

  @Override
  public void close() {
    // A process that opens the directory holds the commit lock, so no process joins while the last
    // one cleans up. If another process holds the lock now, it can clean up instead.
    try (Store.Held held = states.lock(Duration.ZERO)) {
      if (users.leave()) {
        run.leave(directory);
      }
    } catch (StoreException | IOException e) {
      log.atDebug().log("the run directory is left as it is: {}", e.toString());
    }
    try {
      claim.close();
      users.close();
      states.close();
    } catch (StoreException | IOException e) {
      log.atWarn().log("closing the locks of the state directory: {}", e.toString());
    }
  }
}
