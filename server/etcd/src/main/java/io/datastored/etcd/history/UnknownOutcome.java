package io.datastored.etcd.history;

import io.datastored.etcd.history.KeyValues.Answer;
import io.datastored.etcd.history.KeyValues.Change;
import io.datastored.etcd.history.KeyValues.Condition;
import io.datastored.etcd.history.KeyValues.Entry;
import io.datastored.file.StoreException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * An unknown outcome finds out what became of a commit without an answer. Thread-safe.
 *
 * <p>Reading the head is not enough: while it is unmoved, the transaction may still be on its way.
 * So the head is written again as it is, under the condition of the commit: of the two, only one
 * can be done. Only then "nothing was changed" is true.
 */
final class UnknownOutcome {

  private final RangeReader etcd;
  private final Keys keys;
  private final Follower follower;
  private final Duration patience;
  private final Duration pause;

  /**
   * @param follower may have seen the outcome already
   * @param patience how long etcd is asked; the last question may take longer
   * @param pause after a question that etcd did not answer
   */
  UnknownOutcome(KeyValues etcd, Keys keys, Follower follower, Duration patience, Duration pause) {
    this.etcd = new RangeReader(etcd, 1);
    this.keys = keys;
    this.follower = follower;
    this.patience = patience;
    this.pause = pause;
  }

  /** What became of a commit. */
  enum Verdict {
    /** It was done. */
    DONE,
    /** It was not done, and never will be: another commit came first. */
    OVERTAKEN,
    /** It was not done, and never will be. */
    NOT_DONE
  }

  /**
   * What became of a commit.
   *
   * @param on what it was based on
   * @throws StoreException with reason OUTCOME_UNKNOWN when that cannot be found out
   */
  Verdict of(CommitPlan plan, View on) throws StoreException {
    long begin = System.nanoTime();
    String why = "no answer";
    // The last time only to look: what the seal before it did shows then.
    for (boolean last = false; ; last = System.nanoTime() - begin >= patience.toNanos()) {
      Optional<Verdict> known = followed(plan, on);
      if (known.isPresent()) {
        return known.get();
      }
      try {
        Entry entry = head();
        Optional<Verdict> found = judge(read(entry), entry.modified(), plan, on);
        if (found.isPresent()) {
          return found.get();
        }
        if (!last) {
          seal(on);
          continue;
        }
      } catch (KeyValuesException e) {
        why = String.valueOf(e.getMessage());
      }
      if (last) {
        throw unknown(why);
      }
      rest();
    }
  }

  /** The verdict of what was followed meanwhile: it costs nothing. */
  private Optional<Verdict> followed(CommitPlan plan, View on) throws StoreException {
    View view;
    try {
      view = follower.view();
    } catch (StoreException e) {
      throw unknown(e.getMessage());
    }
    return view.head().to(on.head()) == HeadText.Relation.OUT_OF_SIGHT
        ? Optional.empty()
        : judge(view.head(), view.headModified(), plan, on);
  }

  /** The verdict of a head that was written at a revision; empty if it is still the one seen. */
  private Optional<Verdict> judge(HeadText head, long modified, CommitPlan plan, View on)
      throws StoreException {
    if (head.includes(plan.id())) {
      return Optional.of(Verdict.DONE);
    }
    if (modified <= on.headModified()) {
      // Still the one that was seen, or read at a member that is behind.
      return Optional.empty();
    }
    // Written since, without the commit: its condition will never be true again.
    return switch (head.to(on.head())) {
      case SAME -> Optional.of(Verdict.NOT_DONE);
      case LATER -> Optional.of(Verdict.OVERTAKEN);
      case OUT_OF_SIGHT, FORK -> throw unknown("its head no longer names the commit before it");
    };
  }

  /**
   * Whether a commit was done that cannot be done later.
   *
   * @throws StoreException with reason OUTCOME_UNKNOWN when that cannot be found out
   */
  boolean isDone(CommitPlan plan) throws StoreException {
    try {
      return read(head()).includes(plan.id());
    } catch (KeyValuesException e) {
      throw unknown(String.valueOf(e.getMessage()));
    }
  }

  private Entry head() throws KeyValuesException, StoreException {
    Optional<Entry> found = etcd.one(keys.head(), 0);
    if (found.isEmpty()) {
      throw unknown("its head was deleted");
    }
    return found.get();
  }

  private HeadText read(Entry entry) throws StoreException {
    try {
      return HeadText.read(entry.value());
    } catch (IllegalArgumentException e) {
      throw unknown("its head is damaged: " + e.getMessage());
    }
  }

  private void rest() throws StoreException {
    try {
      TimeUnit.NANOSECONDS.sleep(pause.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unknown("interrupted while etcd does not answer");
    }
  }

  /**
   * Writes the head again, if it is still what was seen. Whether it was written is found by the
   * next look at the head.
   */
  private void seal(View on) throws KeyValuesException {
    Answer unused =
        etcd.etcd()
            .commit(
                List.of(new Condition(keys.head(), on.headModified())),
                List.of(
                    new Change(
                        keys.head(), Optional.of(on.head().again(on.headModified()).write()))));
  }

  private StoreException unknown(String why) {
    return new StoreException(
        StoreException.Reason.OUTCOME_UNKNOWN,
        "etcd has not said whether the change was committed at " + keys + ": " + why);
  }
}
