package io.datastored.client;

/**
 * A client listener is notified of the events of a client. Its methods are called one at a time and
 * in order, on the callback threads: a slow listener delays other listeners and {@code onLost}, but
 * never the client. Exceptions that it throws are logged and counted in {@link
 * ClientStats#listenerErrors()}.
 */
public interface ClientListener {

  /** Called when the state has changed. */
  default void onState(StateChange change) {}

  /** Called when a frame was applied; lookups already use it. */
  default void onFrame(AppliedFrame frame) {}

  /** Called when a lease was lost, whether or not a handle was open on it. */
  default void onLeaseLost(LeaseLost lost) {}

  /** Called when a session was opened, or reopened under its id. */
  default void onSession(SessionOpened opened) {}
}
