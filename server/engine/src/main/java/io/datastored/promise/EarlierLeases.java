package io.datastored.promise;

/** Earlier leases says what an operator knows of a server whose ledger is not there. Immutable. */
public enum EarlierLeases {
  /** Nobody knows: there may have been a server, whose clients still believe in its promises. */
  POSSIBLE,
  /**
   * Nobody holds anything of an earlier server, as on a new installation. Only believed where there
   * is no ledger at all: one that is there, or was damaged, knows better.
   */
  NONE
}
