package io.datastored.etcd.history;

import com.google.common.util.concurrent.ThreadFactoryBuilder;
import io.datastored.config.DatastoreName;
import io.datastored.file.StoreException;
import io.datastored.history.AcceptedState;
import io.datastored.history.Doorbell;
import io.datastored.history.Generation;
import io.datastored.history.LocalDoorbell;
import io.datastored.history.LostContent;
import io.datastored.history.Revision;
import io.datastored.history.Store;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/**
 * An etcd store is a store in etcd, which several servers share. Thread-safe.
 *
 * <p>A look is answered from memory; a follower keeps it up to date. Nobody is locked out: {@link
 * #hold} orders the commits of this server only, and a commit compares the head and each key that
 * it touches, so one that is based on something outdated is overtaken.
 *
 * <p>What the configuration was when it was accepted is compared by the content of the look and
 * that of the present view, as a file store does, so {@link Store.Seen} needs no guard: if both are
 * equal, the revisions of the present view are those that the decision was based on.
 */
public final class EtcdStore implements Store {

  private final KeyValues etcd;
  private final EtcdStoreOptions options;
  private final Keys keys;
  private final Follower follower;
  private final AcceptedState initial;
  private final LocalDoorbell doorbell;
  private final ScheduledExecutorService thread;
  private final Callbacks callbacks;
  private final Turn turn = new Turn();
  private final NewestHead head;
  private final CommitWriter commits;
  private final HeadComparison comparison;

  private EtcdStore(
      KeyValues etcd,
      EtcdStoreOptions options,
      Follower follower,
      AcceptedState initial,
      LocalDoorbell doorbell,
      ScheduledExecutorService thread,
      Callbacks callbacks) {
    this.etcd = etcd;
    this.options = options;
    this.keys = options.keys();
    this.follower = follower;
    this.initial = initial;
    this.doorbell = doorbell;
    this.thread = thread;
    this.callbacks = callbacks;
    this.head = new NewestHead(etcd, keys, follower, options.patience());
    this.commits = new CommitWriter(etcd, options, follower, turn);
    this.comparison = new HeadComparison(follower);
  }

  /**
   * Opens the store of a history, for a program that serves nothing of it.
   *
   * @param etcd is closed with the store
   * @throws StoreException with a sentence for the operator, also when there is no history
   */
  public static EtcdStore open(KeyValues etcd, EtcdStoreOptions options) throws StoreException {
    return open(etcd, options, LastSeen.none());
  }

  /**
   * Opens the store of a history.
   *
   * @param etcd is closed with the store
   * @param lastSeen what this server has served of it, if it ever did
   * @throws StoreException with a sentence for the operator, also when there is no history, or it
   *     is not the one that was served
   */
  public static EtcdStore open(KeyValues etcd, EtcdStoreOptions options, LastSeen lastSeen)
      throws StoreException {
    return open(etcd, options, lastSeen, KeyObserver.NONE);
  }

  /**
   * The same, with an observer of other keys of its prefix.
   *
   * @param observer has read what it follows when this returns
   */
  public static EtcdStore open(
      KeyValues etcd, EtcdStoreOptions options, LastSeen lastSeen, KeyObserver observer)
      throws StoreException {
    ViewLoader loader = new ViewLoader(etcd, options.keys(), options.page(), observer);
    View first = first(loader, lastSeen, options.keys());
    lastSeen.remember(first.head());
    ScheduledExecutorService thread =
        Executors.newSingleThreadScheduledExecutor(
            new ThreadFactoryBuilder().setDaemon(true).setNameFormat("etcd-follower").build());
    Callbacks callbacks = new Callbacks();
    LocalDoorbell doorbell = new LocalDoorbell();
    Follower follower =
        new Follower(
            etcd,
            options.keys(),
            new ConfirmingLoader(loader),
            first,
            lastSeen,
            doorbell,
            callbacks,
            thread,
            options.watchRetry());
    follower.start();
    return new EtcdStore(etcd, options, follower, first.state(), doorbell, thread, callbacks);
  }

  /** Tells a fork only when it was read twice, as {@link ConfirmingLoader} does. */
  private static View first(ViewLoader loader, LastSeen lastSeen, Keys keys) throws StoreException {
    View first = loader.load(null, ViewLoader::absent);
    if (lastSeen.fork(first.head()).isPresent()) {
      first = loader.load(null, ViewLoader::absent);
      Optional<String> fork = lastSeen.fork(first.head());
      if (fork.isPresent()) {
        throw Fork.exception(keys, fork.get());
      }
    }
    return first;
  }

  @Override
  public AcceptedState initial() {
    return initial;
  }

  /** Reads the history in memory; with {@link Look#INSIDE}, first everything that is in etcd. */
  @Override
  public Seen look(AcceptedState known, Look how) throws StoreException {
    // Before the view: see Seen#of.
    long rung = doorbell.readAcquire();
    View view = how == Look.INSIDE ? follower.reload() : follower.view();
    AcceptedState state = view.state();
    if (state.generation().value() < rung || !state.revision().sameHistory(known.revision())) {
      throw new StoreException(
          StoreException.Reason.OTHER,
          "the history at "
              + keys
              + " was lost or replaced while it was in use: it is at "
              + state.revision()
              + ", but "
              + known.revision()
              + " was served and generation "
              + rung
              + " was announced; restart all servers of this history");
    }
    Seen seen = new Seen(state, view.content(), false, Optional.empty(), Optional.empty());
    Seen whole = told(options.debounce().judge(seen, describe(), this::objection));
    boolean edited = !whole.fits() && whole.rest().isEmpty() && whole.contentLost().isEmpty();
    return edited
        ? EditPart.of(view)
            .map(part -> new Seen(state, part.content(), false, whole.rest(), Optional.empty()))
            .orElse(whole)
        : whole;
  }

  /** A section that is deleted is removed: only a configuration without any is lost. */
  private Optional<String> objection(Seen seen, LostContent lost) {
    return lost.kind() == LostContent.Kind.CUT
        ? Optional.empty()
        : Optional.of(
            "the configuration at "
                + describe()
                + " no longer has a datastore (it had "
                + lost.datastores()
                + "). The last good configuration is served. Put the keys below "
                + keys.datastores()
                + " back");
  }

  private Seen told(Seen seen) {
    return seen.contentLost().isEmpty() || seen.content().exists()
        ? seen
        : new Seen(
            seen.state(),
            seen.content(),
            false,
            seen.rest(),
            Optional.of(
                "the configuration at "
                    + describe()
                    + " is missing: put the keys below "
                    + keys.datastores()
                    + " back"));
  }

  /**
   * Orders the commits of this server; those of others are found when a commit compares. Whoever
   * holds the store sees all that was committed before.
   *
   * <p>A decision to change nothing commits nothing, so nothing would be compared: two sets OFFLINE
   * | one clears it | two, which does not follow that yet, is asked for OFFLINE | "it is set".
   */
  @Override
  public Held hold(Duration wait) throws StoreException {
    Held held = turn.take(wait);
    boolean caughtUp = false;
    try {
      head.awaitFollowed();
      caughtUp = true;
      return held;
    } finally {
      if (!caughtUp) {
        held.close();
      }
    }
  }

  @Override
  public Outcome commit(Seen on, Draft next) throws StoreException {
    return commits.commit(on, next);
  }

  @Override
  public void probe(AcceptedState present) throws StoreException {
    commits.probe();
  }

  @Override
  public Doorbell doorbell() {
    return doorbell;
  }

  @Override
  public Watch watch(Runnable mayHaveChanged) {
    Runnable callback = callbacks.add(mayHaveChanged);
    return new Watch() {
      @Override
      public Optional<String> unwatched() {
        return follower.unwatched();
      }

      @Override
      public void close() {
        callbacks.remove(callback);
      }
    };
  }

  /** Whether what is followed is on the line of the head in etcd. */
  public HeadComparison comparison() {
    return comparison;
  }

  /**
   * A commit that is followed.
   *
   * @param id of the commit
   */
  public record Followed(String id, Generation generation) {}

  /**
   * The newest commit that is followed; whoever looks from now on sees it, or a later one.
   *
   * @throws StoreException when this is not the history that was followed
   */
  public Followed followed() throws StoreException {
    View view = follower.view();
    return new Followed(view.head().commit().hex(), view.state().generation());
  }

  /**
   * The newest commit that is followed, after everything was read again.
   *
   * @param revision of etcd, at which or after which it must have been read: a member that was
   *     paused may answer from its past
   * @throws StoreException also when it was read earlier than that
   */
  public Followed followedSince(long revision) throws StoreException {
    View unused = follower.reload();
    long read = follower.basis().seen();
    if (read < revision) {
      throw new StoreException(
          StoreException.Reason.OTHER,
          "etcd has answered from revision %d, but %d is known".formatted(read, revision));
    }
    return followed();
  }

  /**
   * The revision of the newest commit of any server, read from etcd. May block.
   *
   * @throws StoreException also when there is no history any more
   */
  public Revision newest() throws StoreException {
    return head.read().revision();
  }

  /**
   * The mode of a datastore that is served, or about to be; empty if there is no such datastore.
   * From memory.
   *
   * @throws StoreException when this is not the history that was followed
   */
  public Optional<StoredMode> mode(DatastoreName name) throws StoreException {
    View view = follower.view();
    return Optional.ofNullable(view.state().datastores().get(name))
        .map(
            datastore ->
                new StoredMode(
                    datastore.mode().setting().mode(),
                    new Revision(
                        view.state().revision().incarnation(), datastore.mode().generation()),
                    keys.datastore(name),
                    view.section(name).compared()));
  }

  @Override
  public void requireWritable() throws StoreException {
    follower.view().schema().requireWritable(keys);
  }

  @Override
  public String describe() {
    return keys.toString();
  }

  /** How often everything was read again since the store was opened. */
  long reloads() {
    return follower.reloads().total();
  }

  /** What was counted since the store was opened. */
  public StoreCounts counts() {
    return new StoreCounts(follower.reloads().byWord(), commits.results().byWord());
  }

  @Override
  public void close() {
    callbacks.clear();
    follower.close();
    thread.shutdownNow();
    etcd.close();
  }

  @Override
  public String toString() {
    return describe();
  }
}
