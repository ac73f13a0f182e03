package io.datastored.service.call;

import io.datastored.access.Principal;
import io.datastored.history.Revision;
import io.datastored.lease.Leases;
import io.datastored.lease.SessionId;
import io.datastored.service.stream.WatchedSessions;
import io.datastored.service.wire.Refusal;
import io.datastored.service.wire.Refusals;

/**
 * Served sessions are the sessions of this server, as open watches see them. Thread-safe:
 * immutable.
 */
public final class ServedSessions implements WatchedSessions {
  private final Leases leases;
  private final Refusals refusals;

  public ServedSessions(Leases leases, Refusals refusals) {
    this.leases = leases;
    this.refusals = refusals;
  }

  @Override
  public boolean isLive(SessionId session) {
    return leases.sessions().find(session).isPresent();
  }

  @Override
  public boolean isLiveFor(SessionId session, Principal caller) {
    return leases.sessions().isLiveFor(session, caller);
  }

  @Override
  public void sent(SessionId session, Revision told) {
    leases.sessions().find(session).ifPresent(live -> live.noteSent(told));
  }

  @Override
  public Refusal notLive(SessionId session) {
    return refusals.sessionNotFound(leases.sessions().unknown(session).recovering());
  }
}
