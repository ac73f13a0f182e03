package io.datastored.client;

/** A loss cause says why a lease was lost. Immutable. */
public enum LossCause {
  /** The server did not answer for the whole ttl, or time was lost in a suspend. */
  EXPIRED,
  /** The server has ended the session. */
  SESSION_ENDED,
  /** An operator ended the lease, because its datastore was to be drained. */
  FORCED,
  /** The server, after a restart, would not continue the lease. */
  NOT_CONTINUED,
  /** The client was closed. */
  CLIENT_CLOSED
}
