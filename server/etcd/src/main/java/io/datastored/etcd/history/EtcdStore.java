package io.datastored.etcd.history;

import com.google.common.util.concurrent.ThreadFactoryBuilder;
import io.datastored.etcd.history.CommitPlan.Basis;
import io.datastored.etcd.history.KeyValues.Answer;
import io.datastored.etcd.history.KeyValues.Change;
import io.datastored.etcd.history.KeyValues.Condition;
import io.datastored.file.StoreException;
import io.datastored.history.AcceptedState;
import io.datastored.history.Doorbell;
import io.datastored.history.LocalDoorbell;
import io.datastored.history.LostContent;
import io.datastored.history.Store;
import java.time.Duration;
import java.util.List;
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
    Callbacks callbacks = new Callbacks();
    LocalDoorbell doorbell = new LocalDoorbell();
    Follower follower =
        new Follower(
            etcd,
            options.keys(),
            new ConfirmingLoader(loader),
            first,
            doorbell,
            callbacks,
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

  /** Orders the commits of this server; those of others are found when a commit compares. */
  @Override
  public Held hold(Duration wait) throws StoreException {
    return turn.take(wait);
  }

  @Override
  public Outcome commit(Seen on, Draft next) throws StoreException {
    Basis present = follower.basis();
    Optional<Basis> found = basis(present, on);
    if (found.isEmpty()) {
      return Outcome.OVERTAKEN;
    }
    Basis basis = found.get();
    View view = present.view();
    view.schema().requireWritable(keys);
    CommitPlan plan =
        CommitPlan.of(
            keys,
            basis,
            next.state(),
            next.content().orElse(on.content()),
            CommitId.random(options.random()));
    if (next.withdrawn().getAsBoolean()) {
      return Outcome.WITHDRAWN;
    }
    Answer answer;
    try {
      answer = etcd.commit(plan.when(), plan.then());
    } catch (KeyValuesException e) {
      return switch (e.kind()) {
        case OUTCOME_UNKNOWN -> afterSilence(plan, view, next, e);
        case FULL -> afterFull(plan, e);
        case UNREACHABLE, REFUSED, COMPACTED, TOO_LARGE, OTHER -> throw e.of("save", keys);
      };
    }
    if (!answer.done()) {
      return overtaken(view);
    }
    follow(answer.revision(), plan);
    if (basis.view() == view) {
      // The rest of an edit that is accepted in parts has settled already.
      settled();
    }
    return Outcome.COMMITTED;
  }

  /** The view that was seen, or the part of it; empty if that is outdated. */
  private static Optional<Basis> basis(Basis present, Seen on) {
    View view = present.view();
    return view.isWhat(on)
        ? Optional.of(present)
        : EditPart.of(view)
            .filter(part -> part.isWhat(on))
            // What was written since the last commit is accepted only in part.
            .map(part -> new Basis(part, view.head().place().seen()));
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
    return new UnknownOutcome(
        etcd, keys, follower, options.outcomePatience(), options.outcomePause());
  }

  private void settled() {
    options.debounce().settled(Optional.empty());
  }

  /** Nobody waits for the answer but the caller: it may take seconds. */
  private Outcome afterSilence(CommitPlan plan, View view, Draft next, KeyValuesException why)
      throws StoreException {
    UnknownOutcome question = question();
    turn.release();
    return switch (next.aside().run(() -> question.of(plan, view))) {
      case DONE -> done(plan);
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
    return done(plan);
  }

  /** A watch may have reported something else only: then everything is read. */
  private Outcome done(CommitPlan plan) throws StoreException {
    try {
      if (!follower.view().head().includes(plan.id())) {
        View unused = follower.reload();
      }
    } catch (StoreException e) {
      throw StoreException.unknown("the change was committed at " + keys, e);
    }
    settled();
    return Outcome.COMMITTED;
  }

  /**
   * Asks for a write of the head under conditions that exclude each other. Etcd checks space and
   * permission of what a transaction might write, and needs a leader for it, but nothing is
   * written: no revision, and nothing for other servers to follow.
   */
  @Override
  public void probe(AcceptedState present) throws StoreException {
    View view = follower.view();
    view.schema().requireWritable(keys);
    try {
      Answer unused =
          etcd.commit(
              List.of(
                  new Condition(keys.head(), 0), new Condition(keys.head(), view.headModified())),
              List.of(
                  new Change(
                      keys.head(), Optional.of(view.head().again(view.headModified()).write()))));
    } catch (KeyValuesException e) {
      if (e.kind() == KeyValuesException.Kind.OUTCOME_UNKNOWN) {
        // Nothing was changed, but nothing could be committed now either.
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

  @Override
  public void requireWritable() throws StoreException {
    follower.view().schema().requireWritable(keys);
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
