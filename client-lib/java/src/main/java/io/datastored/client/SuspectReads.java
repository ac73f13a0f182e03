package io.datastored.client;

/** Says what becomes of a READ or LOOKUP while the client is SUSPECT. Immutable. */
public enum SuspectReads {
  /** The server is asked. */
  ASK_SERVER,
  /**
   * It is answered from memory: a LOOKUP always, a READ under a lease that is still promised. WRITE
   * is never answered so.
   */
  ALLOWED
}
