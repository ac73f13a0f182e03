package io.datastored.client.internal.session;

import io.datastored.client.internal.cache.SessionEpoch;
import io.datastored.v1.Revision;

/** A session observer is notified of events of the session, on the loop. */
public interface SessionObserver {

  /** The session was opened, or reopened under its id. */
  default void onOpened(SessionEpoch opening) {}

  /** The server reported its revision. */
  default void onTold(Revision revision) {}

  /** The server reported how many leases it counts for the session. */
  default void onCounted(long leases) {}

  /** The session is over, with all its leases. */
  default void onOver() {}
}
