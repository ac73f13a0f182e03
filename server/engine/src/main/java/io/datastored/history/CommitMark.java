package io.datastored.history;

import java.util.random.RandomGenerator;

/**
 * A commit mark identifies the commit of a history that produced a state. Immutable. It is part of
 * the content and not of the file's metadata, so it survives copies, and reveals a copy that is out
 * of date.
 *
 * @param number of the commit in its history, from 1; 0 for a state without a mark
 * @param id random, to distinguish two commits with the same number
 * @param previous the id of the previous commit
 */
public record CommitMark(long number, Incarnation id, Incarnation previous) {

  /** The mark of a state of an earlier version, or before the first commit. */
  public static final CommitMark NONE =
      new CommitMark(0, new Incarnation("0000000000000000"), new Incarnation("0000000000000000"));

  /** The mark of the next commit. */
  public CommitMark next(RandomGenerator random) {
    return new CommitMark(number + 1, Incarnation.random(random), id);
  }
}
