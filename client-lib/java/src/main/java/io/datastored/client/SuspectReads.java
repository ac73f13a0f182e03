package io.datastored.client;

/**
 * A choice of how a READ or LOOKUP is answered while the client is {@link ClientState#SUSPECT}.
 * Immutable.
 */
public enum SuspectReads {
  /** The server is asked. The default. */
  ASK_SERVER,
  /**
   * It may be answered from memory if the server confirmed the answer within the last ttl; a READ
   * also needs a lease that is still valid. A WRITE always asks the server.
   */
  ALLOWED
}
