package io.datastored.history.file;

import io.datastored.file.ConfigPath;
import io.datastored.file.ProcessFiles;
import io.datastored.file.SpareDescriptors;
import io.datastored.file.StoreException;
import io.datastored.file.SyncTime;
import io.datastored.history.AcceptedState;
import io.datastored.history.ConfigContent;
import io.datastored.history.Doorbell;
import io.datastored.history.EditDebounce;
import io.datastored.history.Incarnation;
import io.datastored.history.LocalDoorbell;
import io.datastored.history.Store;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A file store is a store in files: the configuration, which may be edited by hand, and the
 * accepted state, which all processes of a state directory share. Thread-safe.
 *
 * <p>The order of a commit: configuration file renamed → state file renamed → doorbell raised, by
 * the committing process. A look reads in the opposite order. The state file is the truth.
 */
public final class FileStore implements Store {

  private final FileConfigStore config;
  private final StateStore states;
  private final AcceptedState initial;
  private final Doorbell doorbell;
  private final Optional<StateDirectory> directory;
  private final EditDebounce debounce;

  /** Lent to every commit, and to a look for which no other descriptor is left. */
  private final SpareDescriptors spare;

  /** The last save, until its replaced content has been checked again. */
  private final AtomicReference<@Nullable FileSave> replaced = new AtomicReference<>();

  private final AtomicBoolean closed = new AtomicBoolean();

  private FileStore(
      FileConfigStore config,
      StateStore states,
      AcceptedState initial,
      Doorbell doorbell,
      Optional<StateDirectory> directory,
      FileStoreOptions options) {
    this.config = config;
    this.states = states;
    this.initial = initial;
    this.doorbell = doorbell;
    this.directory = directory;
    this.debounce = options.debounce();
    this.spare = new SpareDescriptors();
  }

  /**
   * Opens the store of a state directory, creates it if needed, and joins the processes that use
   * it.
   *
   * @throws StateDirectoryException with a sentence for the operator
   * @throws StoreException with a sentence for the operator
   */
  public static FileStore open(FileStoreOptions options)
      throws StateDirectoryException, StoreException {
    Path given = configFile(options);
    StateDirectory directory = StateDirectory.open(options, given);
    try {
      // Followed by the path that the other processes use, so that all agree when a link is
      // changed.
      FileConfigStore config =
          FileConfigStore.open(
              directory.initial().configFile().orElse(given), options.access(), options.outside());
      return new FileStore(
          config,
          directory.states(),
          directory.initial(),
          directory.doorbell(),
          Optional.of(directory),
          options);
    } catch (StoreException | RuntimeException e) {
      directory.close();
      throw e;
    }
  }

  /**
   * Opens a store whose accepted state is kept in memory only, invisible to other processes.
   *
   * @throws StateDirectoryException with a sentence for the operator
   * @throws StoreException with a sentence for the operator
   */
  public static FileStore openPrivate(FileStoreOptions options)
      throws StateDirectoryException, StoreException {
    Path file = configFile(options);
    AcceptedState initial =
        AcceptedState.empty(Incarnation.random(options.outside().random()), Optional.of(file));
    return new FileStore(
        FileConfigStore.open(file, options.access(), options.outside()),
        new PrivateStateStore(initial),
        initial,
        new LocalDoorbell(),
        Optional.empty(),
        options);
  }

  private static Path configFile(FileStoreOptions options) throws StateDirectoryException {
    Path path = ConfigPath.asGiven(options.places().configFile());
    // Checked before anything is created for a mistyped path.
    if (path.getParent() == null || !Files.isDirectory(path.getParent())) {
      throw new StateDirectoryException(
          "the directory of the configuration file " + path + " does not exist");
    }
    return path;
  }

  @Override
  public AcceptedState initial() {
    return initial;
  }

  /** Why a restored state directory could not be detected; empty if it would be. */
  public Optional<String> historyConcern() {
    return directory.flatMap(shared -> shared.claim().historyConcern());
  }

  /** Why a second server on the configuration could not be detected; empty if it would be. */
  public Optional<String> secondServerConcern() {
    return directory.flatMap(shared -> shared.claim().secondServerConcern());
  }

  /** Accepts configurations that have lost datastores without an operator's consent. */
  public void believeLosses() {
    directory.ifPresent(shared -> shared.states().believeLosses());
  }

  /** The files of the processes that use the state directory. */
  public ProcessFiles processes() {
    return directory.orElseThrow().run().processes();
  }

  /** The id of this run. A run begins when a process opens the state directory alone. */
  public Incarnation run() {
    return directory.orElseThrow().run().id();
  }

  @Override
  public Seen look(AcceptedState known, Look how) throws StoreException {
    try {
      return lookOnce(known, how);
    } catch (StoreException e) {
      if (e.reason() != StoreException.Reason.DESCRIPTORS) {
        throw e;
      }
    }
    try (SpareDescriptors.Lent lent = spare.lend()) {
      return lookOnce(known, how);
    } catch (StoreException e) {
      if (e.reason() != StoreException.Reason.DESCRIPTORS) {
        throw e;
      }
      // Reading the stamp of a file takes no descriptor; reading its changed content does.
      return lookOnce(known, Look.AT_STAMPS);
    }
  }

  private Seen lookOnce(AcceptedState known, Look how) throws StoreException {
    // In this order: see Seen#of.
    long rung = doorbell.readAcquire();
    Optional<AcceptedState> found = how == Look.INSIDE ? states.load() : states.refresh();
    ConfigContent content = how == Look.INSIDE ? config.load() : config.refresh();
    return debounce.judge(
        Seen.of(rung, known, found, content),
        describe(),
        (seen, lost) ->
            states.isMeant(seen.state().digest(), seen.content().digest())
                ? Optional.empty()
                : Optional.of(lost.message(describe(), states.describe())));
  }

  /**
   * Prevents other processes from committing. On close the replaced content is checked again: last,
   * so that no caller that waits for the change waits for the check.
   */
  @Override
  public Held hold(Duration wait) throws StoreException {
    Held lock = states.lock(wait);
    return () -> {
      try {
        FileSave save = replaced.getAndSet(null);
        if (save != null) {
          save.close();
        }
      } finally {
        lock.close();
      }
    };
  }

  @Override
  public Outcome commit(Seen on, Draft next) throws StoreException {
    try (SpareDescriptors.Lent lent = spare.lend()) {
      Outcome outcome =
          next.content().isPresent() ? save(on, next, next.content().get()) : commitState(next);
      if (outcome == Outcome.COMMITTED) {
        debounce.settled(next.content().isPresent() ? Optional.empty() : on.file());
      }
      return outcome;
    }
  }

  /** Commits a state whose configuration is already in the file. */
  private Outcome commitState(Draft next) throws StoreException {
    try (StateStore.Prepared commit = states.prepare(next.state())) {
      if (next.withdrawn().getAsBoolean()) {
        return Outcome.WITHDRAWN;
      }
      commit.commit();
      return Outcome.COMMITTED;
    }
  }

  private Outcome save(Seen on, Draft next, ConfigContent content) throws StoreException {
    // Both are written and synced before either is renamed, so a full disk changes nothing.
    try (StateStore.Prepared acceptance = states.prepare(next.state())) {
      FileSave save = config.prepare(on.content().digest(), content);
      try {
        // Before the first visible step: a later cancellation finds the change committed.
        if (next.withdrawn().getAsBoolean()) {
          return Outcome.WITHDRAWN;
        }
        // The configuration first: if this process dies in between, it leaves a manual edit, which
        // the next process commits. In the opposite order the state would promise a configuration
        // that is in no file, and the next process would commit the old configuration as an edit.
        if (save.commit() == Outcome.OVERTAKEN) {
          return Outcome.OVERTAKEN;
        }
        try {
          acceptance.commit();
        } catch (StoreException e) {
          throw StoreException.unknown(describe() + " was replaced", e);
        }
        replaced.set(save);
        return Outcome.COMMITTED;
      } finally {
        if (replaced.get() != save) {
          save.close();
        }
      }
    }
  }

  @Override
  public long syncNanos() {
    return SyncTime.ofThisThread();
  }

  @Override
  public void probe(AcceptedState present) throws StoreException {
    states.prepare(present).close();
  }

  @Override
  public Doorbell doorbell() {
    return doorbell;
  }

  @Override
  public Watch watch(Runnable mayHaveChanged) {
    return config.watch(mayHaveChanged);
  }

  @Override
  public void requireWritable() throws StoreException {
    config.requireWritable();
  }

  @Override
  public String describe() {
    return config.toString();
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      spare.close();
      config.close();
      directory.ifPresent(StateDirectory::close);
    }
  }

  @Override
  public String toString() {
    return describe();
  }
}
