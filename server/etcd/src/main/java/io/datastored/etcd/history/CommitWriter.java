package io.datastored.etcd.history;

import io.datastored.etcd.history.CommitPlan.Basis;
import io.datastored.etcd.history.KeyValues.Answer;
import io.datastored.etcd.history.KeyValues.Change;
import io.datastored.etcd.history.KeyValues.Condition;
import io.datastored.file.StoreException;
import io.datastored.history.Store.Draft;
import io.datastored.history.Store.Outcome;
import io.datastored.history.Store.Seen;
import io.datastored.promise.Tally;
import java.util.List;
import java.util.Optional;

/**
 * A commit writer makes the commits of this server, and finds out what became of those without an
 * answer. Thread-safe; the caller has the turn.
 */
final class CommitWriter {

  private final KeyValues etcd;
  private final EtcdStoreOptions options;
  private final Keys keys;
  private final Follower follower;
  private final Turn turn;
  private final Tally<CommitResult> results = new Tally<>(CommitResult.class);

  /**
   * @param follower is told of each commit
   * @param turn is given away while an outcome is asked for
   */
  CommitWriter(KeyValues etcd, EtcdStoreOptions options, Follower follower, Turn turn) {
    this.etcd = etcd;
    this.options = options;
    this.keys = options.keys();
    this.follower = follower;
    this.turn = turn;
  }

  /** See {@link Store#commit}. */
  Outcome commit(Seen on, Draft next) throws StoreException {
    try {
      Outcome outcome = tryCommit(on, next);
      results.add(CommitResult.of(outcome));
      return outcome;
    } catch (StoreException e) {
      results.add(CommitResult.of(e));
      throw e;
    }
  }

  /** What became of the commits of this server. */
  Tally<CommitResult> results() {
    return results;
  }

  private Outcome tryCommit(Seen on, Draft next) throws StoreException {
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
  void probe() throws StoreException {
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
}
