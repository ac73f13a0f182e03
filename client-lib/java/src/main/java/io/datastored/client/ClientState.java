package io.datastored.client;

/** A client state is how far a client may trust what it has in memory. Immutable. */
public enum ClientState {
  /**
   * The last answered renewal was sent less than two thirds of the session's ttl ago, and
   * everything that the server reported is applied. Every operation may be answered from memory.
   */
  FRESH,
  /**
   * A renewal is overdue, or the server has reported a revision that is not applied yet. The leases
   * are still valid. WRITE asks the server; READ and LOOKUP are answered from memory only if the
   * caller allows it ({@link SuspectReads}).
   */
  SUSPECT,
  /**
   * There is no valid session: the client is not started or closed, or the session has ended.
   * Leases of that session are lost for good.
   */
  EXPIRED,
  /**
   * The session is open and the datastores are being loaded or reloaded, or the server refuses to
   * send them. Nothing is answered from memory.
   */
  RESYNC
}
