package io.datastored.client;

/** An origin is where the answer to a lookup came from. Immutable. */
public enum Origin {
  /** The memory of this client. */
  CACHE,
  /** The server, which was asked by this lookup or by a concurrent one. */
  SERVER
}
