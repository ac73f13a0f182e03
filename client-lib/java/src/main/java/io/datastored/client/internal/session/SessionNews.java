package io.datastored.client.internal.session;

import io.datastored.client.SessionOpened;
import io.datastored.client.internal.cache.SessionEpoch;
import io.datastored.client.internal.loop.Callbacks;
import io.datastored.client.internal.loop.Counters;
import io.datastored.v1.KeepAliveResponse;
import io.datastored.v1.Revision;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Session news notify the observers and listeners of a session. Confined to the loop. */
final class SessionNews {

  private final Callbacks callbacks;
  private final Counters counters;
  private final List<SessionObserver> observers = new ArrayList<>();

  SessionNews(Callbacks callbacks, Counters counters) {
    this.callbacks = callbacks;
    this.counters = counters;
  }

  /** Adds an observer; only before the start of the session. */
  void observe(SessionObserver observer) {
    observers.add(observer);
  }

  void opened(SessionEpoch now, boolean continued, Duration ttl, Revision revision) {
    counters.sessionsOpened.increment();
    var news =
        new SessionOpened(now.server(), now.sessionId(), now.number(), continued, ttl, revision);
    callbacks.tell(listener -> listener.onSession(news));
    observers.forEach(observer -> observer.onOpened(now));
  }

  void renewed(KeepAliveResponse answer) {
    observers.forEach(observer -> observer.onTold(answer.getRevision()));
    observers.forEach(observer -> observer.onCounted(answer.getLeases()));
  }

  void over() {
    observers.forEach(SessionObserver::onOver);
  }
}
