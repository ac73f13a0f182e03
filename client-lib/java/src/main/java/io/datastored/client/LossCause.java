package io.datastored.client;

/** A loss cause is the reason that a lease was lost. Immutable. */
public enum LossCause {
  /** No renewal was answered for the whole ttl, or the machine was suspended. */
  EXPIRED,
  /** The server ended the session. */
  SESSION_ENDED,
  /** An operator forced a drain of the datastore, which ended the lease. */
  FORCED,
  /** The server did not continue the lease, for example after a restart. */
  NOT_CONTINUED,
  /** The client was closed. */
  CLIENT_CLOSED
}
