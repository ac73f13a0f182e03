package io.datastored.service.stream;

import io.datastored.access.AuditTrail;
import io.datastored.access.Principal;
import io.datastored.history.Generation;
import io.datastored.history.Incarnation;
import io.datastored.history.Revision;
import io.datastored.lease.SessionId;
import io.datastored.service.call.AuditLog;
import io.datastored.service.wire.Refusal;
import io.datastored.service.wire.Refusals;
import java.time.InstantSource;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Fake sessions are live until they are ended. Thread-safe. */
final class FakeSessions implements WatchedSessions {
  final Map<SessionId, Revision> sent = new ConcurrentHashMap<>();
  private final Set<SessionId> live = ConcurrentHashMap.newKeySet();

  FakeSessions(SessionId... live) {
    this.live.addAll(Set.of(live));
  }

  void end(SessionId session) {
    live.remove(session);
  }

  @Override
  public boolean isLive(SessionId session) {
    return live.contains(session);
  }

  @Override
  public boolean isLiveFor(SessionId session, Principal caller) {
    return isLive(session);
  }

  @Override
  public void sent(SessionId session, Revision told) {
    sent.put(session, told);
  }

  @Override
  public Refusal notLive(SessionId session) {
    Revision now = new Revision(new Incarnation("0123456789abcdef"), new Generation(1));
    return new Refusals(
            () -> now, InstantSource.system(), new Random(1), new AuditLog(AuditTrail.NONE))
        .sessionNotFound(false);
  }
}
