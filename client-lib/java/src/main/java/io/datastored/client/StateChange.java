package io.datastored.client;

/**
 * A state change is the step of a client from one state to another. Immutable.
 *
 * @param from the state before
 * @param to the state now
 * @param cause why
 */
public record StateChange(ClientState from, ClientState to, Cause cause) {

  /** Why a state changed. */
  public enum Cause {
    /** A session was opened, or opened again under its id. */
    SESSION_OPENED,
    /** The server renewed the session. */
    RENEWED,
    /** What the server has told of is applied. */
    CAUGHT_UP,
    /** The server told of a revision that is not applied yet. */
    BEHIND,
    /** No renewal was answered for two thirds of the ttl. */
    RENEWAL_OVERDUE,
    /** No renewal was answered for the whole ttl. */
    TTL_OVER,
    /** The wall clock ran ahead of the monotonic one: this process was suspended. */
    TIME_LOST,
    /** The server has ended the session. */
    SESSION_ENDED,
    /** A snapshot is arriving in parts. */
    SNAPSHOT,
    /** The client was closed. */
    CLOSED
  }
}
