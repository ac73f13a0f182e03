package io.datastored.engine;

import io.datastored.file.Digest;
import io.datastored.file.FileIdentity;
import io.datastored.file.FileStamp;
import io.datastored.file.SpareDescriptors;
import io.datastored.file.StoreException;
import io.datastored.history.AcceptedState;
import io.datastored.history.ConfigContent;
import io.datastored.history.ConfigStore;
import io.datastored.history.Doorbell;
import io.datastored.history.PreparedSave;
import io.datastored.history.SaveOutcome;
import io.datastored.history.StateStore;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A commit log is where configuration and accepted state are kept, with the doorbell that tells of
 * them. Thread-safe; whoever commits holds the {@link #lock}.
 *
 * <p>The order of a commit: configuration file renamed → state file renamed → doorbell raised. A
 * look goes the other way round. The state file is the truth.
 */
final class CommitLog implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(CommitLog.class);

  private final ConfigStore store;
  private final StateStore states;
  private final Doorbell doorbell;
  private final Duration lockWait;
  private final LongAdder loads = new LongAdder();
  private final LongAdder commits = new LongAdder();

  /** Lent whenever something is committed, and to a look that finds no other descriptor. */
  private final SpareDescriptors spare;

  private volatile boolean closed;

  CommitLog(
      ConfigStore store,
      StateStore states,
      Doorbell doorbell,
      Duration lockWait,
      SpareDescriptors spare) {
    this.store = store;
    this.states = states;
    this.doorbell = doorbell;
    this.lockWait = lockWait;
    this.spare = spare;
  }

  /**
   * What was found: the committed state and, read after it, the configuration.
   *
   * @param lost whether there is no file of the state any more, or a foreign one in its place
   */
  record Seen(AcceptedState state, ConfigContent content, boolean lost) {

    /** Whether the configuration is the one that was committed. */
    boolean fits() {
      return content.digest().equals(state.digest());
    }

    /** Which file the configuration was read from. */
    Optional<FileIdentity> file() {
      return content.stamp().map(FileStamp::identity);
    }
  }

  /** How a look finds out whether there is anything new. */
  enum Look {
    /** By the stamps of files: those of the last look are not read again. */
    AT_STAMPS,
    /** By what is in them, which finds what was written past their times, too. */
    INSIDE
  }

  /**
   * Looks at state and configuration.
   *
   * @param known the state to go on from if the file of it is lost
   * @throws StoreException also when the state is not what was committed last
   */
  Seen look(AcceptedState known, Look how) throws StoreException {
    try {
      return lookOnce(known, how);
    } catch (StoreException e) {
      if (e.reason() != StoreException.Reason.DESCRIPTORS) {
        throw e;
      }
      try (SpareDescriptors.Lent lent = spare.lend()) {
        return lookOnce(known, how);
      }
    }
  }

  private Seen lookOnce(AcceptedState known, Look how) throws StoreException {
    // Read before the state: it is rung after the state is committed, so an older state than this
    // has gone back, and its successor would give a generation away a second time.
    long rung = doorbell.readAcquire();
    Optional<AcceptedState> found = how == Look.INSIDE ? states.load() : states.refresh();
    AcceptedState state = found.orElse(known);
    if (state.generation().value() < rung || !state.revision().sameHistory(known.revision())) {
      throw new StoreException(
          StoreException.Reason.OTHER,
          "the state file was lost or replaced while it was in use; stop all processes that use"
              + " the state directory");
    }
    loads.increment();
    return new Seen(state, how == Look.INSIDE ? store.load() : store.refresh(), found.isEmpty());
  }

  /** Refuses when the configuration takes no saves. */
  void requireWritable() throws StoreException {
    store.requireWritable();
  }

  /**
   * Refuses when nothing is committed any more.
   *
   * @throws StoreException that says so
   */
  void requireOpen() throws StoreException {
    if (closed) {
      throw new StoreException(StoreException.Reason.OTHER, "the engine is closed");
    }
  }

  boolean isClosed() {
    return closed;
  }

  /**
   * Keeps other processes from committing until it is closed.
   *
   * @throws StoreException also when nothing is committed any more
   */
  StateStore.Held lock() throws StoreException {
    requireOpen();
    return states.lock(lockWait);
  }

  /** Where the accepted state is kept, for people. */
  String stateDirectory() {
    return states.describe();
  }

  /** Whether an operator has said that a configuration with fewer datastores is meant. */
  boolean isMeant(Seen seen) {
    return states.isMeant(seen.state().digest(), seen.content().digest());
  }

  /** Commits a state whose configuration is in the file already. */
  void commit(AcceptedState next) throws StoreException {
    try (SpareDescriptors.Lent lent = spare.lend();
        StateStore.Prepared commit = states.prepare(next)) {
      commit.commit();
    }
    commits.increment();
  }

  /** Finds out whether a state could be committed now. */
  void tryOut(AcceptedState present) throws StoreException {
    states.prepare(present).close();
  }

  /** Keeps nothing open any more, and takes no lock: nothing is committed after it. */
  @Override
  public void close() {
    closed = true;
    spare.close();
  }

  /**
   * Saves a configuration and commits the state that accepts it.
   *
   * @param expected the digest of the configuration that it replaces
   * @param config the next one
   * @param next the state that accepts it
   * @param intent looked at when both are prepared, for the last time
   * @param committed is run when both are committed
   * @throws StoreException when it cannot be written. Nothing has changed then, unless its reason
   *     is OUTCOME_UNKNOWN: the disk failed after the rename of the configuration
   * @throws EditedMeanwhileException when the file is not the expected one any more
   * @throws WithdrawnException when nobody wants it any more
   */
  void save(
      Digest expected,
      ConfigContent config,
      AcceptedState next,
      Engine.Intent intent,
      Runnable committed)
      throws StoreException, EditedMeanwhileException, WithdrawnException {
    // Both are written and synced before either is renamed, so a full disk changes nothing.
    try (SpareDescriptors.Lent lent = spare.lend();
        StateStore.Prepared acceptance = states.prepare(next);
        PreparedSave save = store.prepare(expected, config)) {
      // Before the first step that others see: whoever cancels later finds it committed.
      intent.requireWanted();
      // The configuration first: a saver that dies in between leaves a manual edit behind, which
      // the next process commits. The other way round it would leave a promise that no file keeps,
      // and the next process would commit the old configuration as an edit.
      if (!(save.commit() instanceof SaveOutcome.Saved)) {
        throw new EditedMeanwhileException();
      }
      try {
        acceptance.commit();
      } catch (StoreException e) {
        throw StoreException.unknown(store.describe() + " was replaced", e);
      }
      commits.increment();
      committed.run();
      // What was replaced is looked at last: nobody who waits for the change waits for that.
      save.settle().ifPresent(CommitLog::warnOfEdit);
    }
  }

  private static void warnOfEdit(String kept) {
    log.atWarn().log("an edit made during a save was kept as {}", kept);
  }

  /**
   * Raises the doorbell to what has been committed, by whomever: a saver may have died between its
   * state file and the doorbell, and then other processes go on granting on what was before until
   * who finds the state rings.
   */
  void ring(AcceptedState state) {
    doorbell.raise(state.generation());
  }

  long loads() {
    return loads.sum();
  }

  long commits() {
    return commits.sum();
  }

  @Override
  public String toString() {
    return store.describe();
  }
}
