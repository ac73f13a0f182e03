package io.datastored.history.file;

import com.google.common.collect.ImmutableMap;
import io.datastored.file.ConfigPath;
import io.datastored.file.ProcessFiles;
import io.datastored.file.SpareDescriptors;
import io.datastored.file.StoreException;
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
 * A file store keeps a history in files: the configuration, which others may edit by hand, and the
 * accepted state, which all processes of a state directory share. Thread-safe.
 *
 * <p>The order of a commit: configuration file renamed → state file renamed → doorbell raised, by
 * whoever commits. A look goes the other way round. The state file is the truth.
 */
public final class FileStore implements Store {

  /** What could happen without being noticed. */
  public enum Concern {
    /** A restore of the state directory from a backup. */
    HISTORY,
    /** A server with another state directory on the same configuration. */
    SECOND_SERVER
  }

  private final FileConfigStore config;
  private final StateStore states;
  private final AcceptedState initial;
  private final Doorbell doorbell;
  private final Optional<StateDirectory> directory;
  private final EditDebounce debounce;

  /** Lent whenever something is committed, and to a look that finds no other descriptor. */
  private final SpareDescriptors spare;

  /** The last save, of which the replaced content has not been looked at again. */
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
    this.spare = SpareDescriptors.open();
  }

  /**
   * Opens the store of a state directory, makes it if need be, and joins the processes that use it.
   *
   * @throws StateDirectoryException with a sentence for the operator
   * @throws StoreException the same
   */
  public static FileStore open(FileStoreOptions options)
      throws StateDirectoryException, StoreException {
    Path given = configFile(options);
    StateDirectory directory = StateDirectory.open(options, given);
    try {
      // Followed under the path by which the other processes know it, or they would not agree when
      // a link is turned.
      FileConfigStore config =
          FileConfigStore.open(directory.initial().configFile().orElse(given), options.config());
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
   * Opens a store whose accepted state no other process sees and which forgets it.
   *
   * @throws StateDirectoryException with a sentence for the operator
   * @throws StoreException the same
   */
  public static FileStore openPrivate(FileStoreOptions options)
      throws StateDirectoryException, StoreException {
    Path file = configFile(options);
    AcceptedState initial =
        AcceptedState.empty(Incarnation.random(options.outside().random()), Optional.of(file));
    return new FileStore(
        FileConfigStore.open(file, options.config()),
        new PrivateStateStore(initial),
        initial,
        new LocalDoorbell(),
        Optional.empty(),
        options);
  }

  private static Path configFile(FileStoreOptions options) throws StateDirectoryException {
    Path path = ConfigPath.asGiven(options.places().configFile());
    // Before anything is made for a path that was mistyped.
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

  /**
   * What could happen to a shared store without being noticed, each with the reason, for people.
   */
  public ImmutableMap<Concern, String> concerns() {
    return directory.map(StateDirectory::concerns).orElse(ImmutableMap.of());
  }

  /** Believes a configuration that has lost datastores, though no operator has accepted that. */
  public void believeLosses() {
    directory.ifPresent(StateDirectory::believeLosses);
  }

  /** What each process that uses the state directory tells of itself. */
  public ProcessFiles processes() {
    return directory.orElseThrow().processes();
  }

  /** Names this run: from one time that a process was alone in the state directory to the next. */
  public Incarnation run() {
    return directory.orElseThrow().run();
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
      // To ask for the stamp of a file takes no descriptor; to read one that has changed does.
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
   * Keeps other processes from committing. When it is closed, the content that was replaced is
   * looked at again: last, because nobody who waits for the change waits for that.
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

  /** Commits a state whose configuration is in the file already. */
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
        // Before the first step that others see: whoever cancels later finds it committed.
        if (next.withdrawn().getAsBoolean()) {
          return Outcome.WITHDRAWN;
        }
        // The configuration first: a saver that dies in between leaves a manual edit behind, which
        // the next process commits. The other way round it would leave a promise that no file
        // keeps, and the next process would commit the old configuration as an edit.
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
  public Optional<String> readOnlyReason() {
    return config.readOnlyReason();
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
