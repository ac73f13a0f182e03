package io.datastored.client;

/**
 * A state change is the transition of a client from one state to another. Immutable.
 *
 * @param from previous state
 * @param to new state
 * @param cause why the state changed
 */
public record StateChange(ClientState from, ClientState to, Cause cause) {

  /** The reason for a state change. */
  public enum Cause {
    /** A session was opened, or reopened under its id. */
    SESSION_OPENED,
    /** The server renewed the session. */
    RENEWED,
    /** Everything that the server reported is applied. */
    CAUGHT_UP,
    /** The server reported a revision that is not applied yet. */
    BEHIND,
    /** No renewal was answered for two thirds of the ttl. */
    RENEWAL_OVERDUE,
    /** No renewal was answered for the whole ttl. */
    TTL_OVER,
    /** The wall clock ran ahead of the monotonic clock: the machine was suspended. */
    TIME_LOST,
    /** The server ended the session. */
    SESSION_ENDED,
    /** A snapshot is arriving in parts. */
    SNAPSHOT,
    /** The server refuses the watch, for example because its rules no longer allow it. */
    WATCH_REFUSED,
    /** The client was closed. */
    CLOSED
  }
}
