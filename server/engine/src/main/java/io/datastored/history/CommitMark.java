package io.datastored.history;

import java.util.random.RandomGenerator;

/**
 * A commit mark tells which commit of a history a state is. Immutable. It is a value and no
 * property of a file, so it survives whatever is done to the file, and a copy that fell behind is
 * found by it.
 *
 * @param number of the commit in its history, from 1; 0 for a state that carries no mark
 * @param id random, so that two commits of one number are told apart
 * @param previous the id of the commit before
 */
public record CommitMark(long number, Incarnation id, Incarnation previous) {

  /** Of a state of an earlier version, or before the first commit. */
  public static final CommitMark NONE =
      new CommitMark(0, new Incarnation("0000000000000000"), new Incarnation("0000000000000000"));

  /** The mark of the commit that follows this one. */
  public CommitMark next(RandomGenerator random) {
    return new CommitMark(number + 1, Incarnation.random(random), id);
  }
}
