package io.datastored.promise;

/**
 * Earlier leases is what an operator knows about leases of earlier servers when the ledger is
 * missing. Immutable.
 */
public enum EarlierLeases {
  /** Unknown: there may have been a server whose clients still rely on its promises. */
  POSSIBLE,
  /**
   * No client holds a lease of an earlier server, as on a new installation. Only applies if there
   * is no ledger at all: an existing ledger, even a damaged one, takes precedence.
   */
  NONE
}
