package io.datastored.etcd.history;

import com.google.common.util.concurrent.ThreadFactoryBuilder;
import io.datastored.etcd.history.KeyValues.Answer;
import io.datastored.file.StoreException;
import io.datastored.history.AcceptedState;
import io.datastored.history.ConfigContent;
import io.datastored.history.Doorbell;
import io.datastored.history.LocalDoorbell;
import io.datastored.history.LostContent;
import io.datastored.history.Store;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

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
  private final List<Runnable> callbacks;
  private final Semaphore commits = new Semaphore(1, true);

  private EtcdStore(
      KeyValues etcd,
      EtcdStoreOptions options,
      Follower follower,
      AcceptedState initial,
      LocalDoorbell doorbell,
      ScheduledExecutorService thread,
      List<Runnable> callbacks) {
    this.etcd = etcd;
    this.options = options;
    this.keys = options.keys();
    this.follower = follower;
    this.initial = initial;
    this.doorbell = doorbell;
    this.thread = thread;
    this.callbacks = callbacks;
  }

  /**
   * Opens the store of a history.
   *
   * @param etcd is closed with the store
   * @throws StoreException with a sentence for the operator, also when there is no history
   */
  public static EtcdStore open(KeyValues etcd, EtcdStoreOptions options) throws StoreException {
    ViewLoader loader = new ViewLoader(etcd, options.keys(), options.page());
    View first = loader.load(null, why -> new StoreException(StoreException.Reason.OTHER, why));
    ScheduledExecutorService thread =
        Executors.newSingleThreadScheduledExecutor(
            new ThreadFactoryBuilder().setDaemon(true).setNameFormat("etcd-follower").build());
    List<Runnable> callbacks = new CopyOnWriteArrayList<>();
    LocalDoorbell doorbell = new LocalDoorbell();
    Follower follower =
        new Follower(
            etcd,
            options.keys(),
            loader,
            first,
            doorbell,
            () -> callbacks.forEach(Runnable::run),
            thread,
            options.watchRetry());
    follower.start();
    return new EtcdStore(etcd, options, follower, first.state(), doorbell, thread, callbacks);
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
    return told(options.debounce().judge(seen, describe(), this::objection));
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

  /** Orders the commits of this server; those of others are found when a commit compares. */
  @Override
  public Held hold(Duration wait) throws StoreException {
    try {
      if (!commits.tryAcquire(wait.toNanos(), TimeUnit.NANOSECONDS)) {
        throw new StoreException(
            StoreException.Reason.IN_USE,
            "another commit has been running for more than " + wait.toMillis() + " ms");
      }
      AtomicBoolean held = new AtomicBoolean(true);
      return () -> {
        if (held.getAndSet(false)) {
          commits.release();
        }
      };
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreException(
          StoreException.Reason.OTHER, "interrupted while another change is committed");
    }
  }

  @Override
  public Outcome commit(Seen on, Draft next) throws StoreException {
    View view = follower.view();
    if (!view.isWhat(on)) {
      return Outcome.OVERTAKEN;
    }
    ConfigContent content = next.content().orElse(view.content());
    CommitPlan plan =
        CommitPlan.of(keys, view, next.state(), content, CommitId.random(options.random()));
    if (next.withdrawn().getAsBoolean()) {
      return Outcome.WITHDRAWN;
    }
    Answer answer;
    try {
      answer = etcd.commit(plan.when(), plan.then());
    } catch (KeyValuesException e) {
      return switch (e.kind()) {
        case OUTCOME_UNKNOWN -> afterSilence(plan, view, e);
        case FULL -> afterFull(plan, e);
        case UNREACHABLE, REFUSED, COMPACTED, TOO_LARGE, OTHER -> throw e.of("save", keys);
      };
    }
    if (!answer.done()) {
      return overtaken(view);
    }
    follow(answer.revision(), plan);
    settled();
    return Outcome.COMMITTED;
  }

  private Outcome overtaken(View view) throws StoreException {
    View unused = follower.after(view, options.patience());
    return Outcome.OVERTAKEN;
  }

  /** The commit is done, so a failure to follow it must not look like one of the commit. */
  private void follow(long revision, CommitPlan plan) throws StoreException {
    try {
      follower.committed(revision, plan.then());
    } catch (StoreException e) {
      throw StoreException.unknown("the change was committed at " + keys, e);
    }
  }

  private UnknownOutcome question() {
    return new UnknownOutcome(etcd, keys, options.outcomeAttempts(), options.outcomePause());
  }

  private void settled() {
    options.debounce().settled(Optional.empty());
  }

  private Outcome afterSilence(CommitPlan plan, View view, KeyValuesException why)
      throws StoreException {
    UnknownOutcome question = question();
    return switch (question.of(plan, view)) {
      case DONE -> done();
      case OVERTAKEN -> overtaken(view);
      case NOT_DONE -> {
        View unused = follower.after(view, options.patience());
        throw new StoreException(
            StoreException.Reason.OTHER,
            "cannot save %s: %s; nothing was changed".formatted(keys, why.getMessage()));
      }
    };
  }

  /** The transaction is over, and was probably not done; one look at the head is enough. */
  private Outcome afterFull(CommitPlan plan, KeyValuesException why) throws StoreException {
    UnknownOutcome question = question();
    if (!question.isDone(plan)) {
      throw why.of("save", keys);
    }
    return done();
  }

  /** A watch may have reported something else only, so everything is read. */
  private Outcome done() throws StoreException {
    try {
      View unused = follower.reload();
    } catch (StoreException e) {
      throw StoreException.unknown("the change was committed at " + keys, e);
    }
    settled();
    return Outcome.COMMITTED;
  }

  /** Writes the head as it is, which needs what a commit needs: a leader, space and permission. */
  @Override
  public void probe(AcceptedState present) throws StoreException {
    try {
      Answer unused = UnknownOutcome.touch(etcd, keys, follower.view());
    } catch (KeyValuesException e) {
      if (e.kind() == KeyValuesException.Kind.OUTCOME_UNKNOWN) {
        // Whether the head was written again does not matter, but nothing could be committed now.
        throw new StoreException(
            StoreException.Reason.OTHER, "cannot save %s: %s".formatted(keys, e.getMessage()));
      }
      throw e.of("save", keys);
    }
  }

  @Override
  public Doorbell doorbell() {
    return doorbell;
  }

  @Override
  public Watch watch(Runnable mayHaveChanged) {
    // Two watches with the same callback are distinct.
    Runnable callback = mayHaveChanged::run;
    callbacks.add(callback);
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

  @Override
  public void requireWritable() throws StoreException {
    View unused = follower.view();
  }

  @Override
  public String describe() {
    return keys.toString();
  }

  /** How often everything was read again since the store was opened. */
  int reloads() {
    return follower.reloads();
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
