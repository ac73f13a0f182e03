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
 * An unknown outcome finds out what became of a commit without an answer. Immutable.
 *
 * <p>Reading the head is not enough: while it is unmoved, the transaction may still be on its way.
 * So the head is written again as it is, under the condition of the commit: of the two, only one
 * can be done. Only then "nothing was changed" is true.
 *
 * @param keys of the history
 * @param attempts how often etcd is asked until the outcome stays unknown
 * @param pause after a question that etcd did not answer
 */
record UnknownOutcome(KeyValues etcd, Keys keys, int attempts, Duration pause) {

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
    String why = "";
    for (int attempt = 0; attempt < attempts; attempt++) {
      try {
        List<Entry> found = etcd.range(keys.head(), "", 0, 1).entries();
        if (found.isEmpty()) {
          throw unknown("its head was deleted");
        }
        Entry entry = found.get(0);
        HeadText head = read(entry);
        if (head.includes(plan.id())) {
          return Verdict.DONE;
        }
        if (entry.modified() != on.headModified()) {
          return withoutIt(head, on);
        }
        seal(on);
      } catch (KeyValuesException e) {
        why = String.valueOf(e.getMessage());
        rest();
      }
    }
    throw unknown(why);
  }

  /**
   * Whether a commit was done that cannot be done later.
   *
   * @throws StoreException with reason OUTCOME_UNKNOWN when that cannot be found out
   */
  boolean isDone(CommitPlan plan) throws StoreException {
    try {
      for (Entry entry : etcd.range(keys.head(), "", 0, 1).entries()) {
        return read(entry).includes(plan.id());
      }
      throw unknown("its head was deleted");
    } catch (KeyValuesException e) {
      throw unknown(String.valueOf(e.getMessage()));
    }
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

  /** The head was written since, without the commit, so its condition will never be true again. */
  private Verdict withoutIt(HeadText head, View on) throws StoreException {
    return switch (head.to(on.head())) {
      case SAME -> Verdict.NOT_DONE;
      case LATER -> Verdict.OVERTAKEN;
      case OUT_OF_SIGHT, FORK -> throw unknown("its head no longer names the commit before it");
    };
  }

  /** Whether it was written is found by the next look at the head. */
  private void seal(View on) throws KeyValuesException {
    Answer unused = touch(etcd, keys, on);
  }

  /** Writes the head as it is, if it is still what was seen. */
  static Answer touch(KeyValues etcd, Keys keys, View on) throws KeyValuesException {
    return etcd.commit(
        List.of(new Condition(keys.head(), on.headModified())),
        List.of(new Change(keys.head(), Optional.of(on.head().write()))));
  }

  private StoreException unknown(String why) {
    return new StoreException(
        StoreException.Reason.OUTCOME_UNKNOWN,
        "etcd has not said whether the change was committed at " + keys + ": " + why);
  }
}
