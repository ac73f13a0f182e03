package io.datastored.service.stream;

import io.datastored.history.Revision;
import io.datastored.lease.Principal;
import io.datastored.lease.SessionId;
import io.datastored.service.wire.Refusal;

/** Watched sessions are what open watches ask of sessions, and tell them. Thread-safe. */
public interface WatchedSessions {

  /** Whether the session is live now. */
  boolean isLive(SessionId session);

  /** Whether it is, and for this caller to use. */
  boolean isLiveFor(SessionId session, Principal caller);

  /** Notes that everything up to a revision is with the transport of a stream of the session. */
  void sent(SessionId session, Revision told);

  /** Why a session is refused that is not live. */
  Refusal notLive(SessionId session);
}
