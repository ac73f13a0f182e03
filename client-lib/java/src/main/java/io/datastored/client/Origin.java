package io.datastored.client;

/** An origin says who answered a lookup. Immutable. */
public enum Origin {
  /** This client, from memory. */
  CACHE,
  /** The server, for this lookup or for one that was under way at the same time. */
  SERVER
}
