package io.datastored.service.stream;

import io.datastored.access.Principal;
import io.datastored.history.Revision;
import io.datastored.lease.SessionId;
import io.datastored.service.wire.Refusal;

/** Watched sessions are the sessions as open watches see them. Thread-safe. */
public interface WatchedSessions {

  /** Whether the session is live. */
  boolean isLive(SessionId session);

  /** Whether the session is live and belongs to this caller. */
  boolean isLiveFor(SessionId session, Principal caller);

  /**
   * Records that everything up to a revision was handed to the transport on a stream of the
   * session.
   */
  void sent(SessionId session, Revision told);

  /** The refusal for a session that is not live. */
  Refusal notLive(SessionId session);
}
