package io.datastored.client;

import io.datastored.v1.Revision;

/** A session observer is told of the session by the loop, on the loop. */
interface SessionObserver {

  /** It was opened, or opened again under its id. */
  default void onOpened(SessionEpoch opening) {}

  /** The server has told of a revision. */
  default void onTold(Revision revision) {}

  /** The server has told how many leases it counts for the session. */
  default void onCounted(long leases) {}

  /** Nothing is promised any more. */
  default void onOver() {}
}
