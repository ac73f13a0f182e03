package io.datastored.client;

/** A client state says how far a client may trust what it has in memory. Immutable. */
public enum ClientState {
  /**
   * The server has answered within two thirds of the session's ttl, and everything that it had then
   * is applied: every operation may be answered locally.
   */
  FRESH,
  /**
   * A renewal is overdue, or the server has told of a revision that has not been applied yet. The
   * leases are still promised; WRITE asks the server, READ and LOOKUP are answered locally only if
   * the caller allows it.
   */
  SUSPECT,
  /** Nothing is promised (any more): not started, closed, or the ttl is over. Final for handles. */
  EXPIRED,
  /** The session is open and the datastores are being read (again). Nothing is answered locally. */
  RESYNC
}
