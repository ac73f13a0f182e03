package io.datastored.client;

/**
 * A client listener is told what happens to a client. Its methods are called one at a time and in
 * order, on the callback threads: a slow listener delays other listeners and {@code onLost}, never
 * the client. What it throws is logged and counted.
 */
public interface ClientListener {

  /** The state has changed. */
  default void onState(StateChange change) {}

  /** A frame was applied; lookups are answered from it already. */
  default void onFrame(AppliedFrame frame) {}

  /** A lease was lost, whether or not anybody was working under it. */
  default void onLeaseLost(LeaseLost lost) {}

  /** A session was opened, or opened again. */
  default void onSession(SessionOpened opened) {}
}
