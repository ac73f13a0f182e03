package io.datastored.lease;

import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A session register holds the sessions of a server by id, and by when they end. Thread-safe: one
 * concurrent map; nothing takes a lock beyond the map's bin, so that ten thousand sessions that end
 * together hold up nobody.
 *
 * <p>Whoever ends a session's term ends its leases, each once. One that has ended is not
 * remembered.
 */
final class SessionRegister {

  private static final Logger log = LoggerFactory.getLogger(SessionRegister.class);

  private final ConcurrentHashMap<SessionId, Session> sessions = new ConcurrentHashMap<>();
  private final Quota places;
  private final LeaseRegister leases;
  private final ExpiryWheel<Session> wheel;

  SessionRegister(Quota places, LeaseRegister leases, Duration tick) {
    this.places = places;
    this.leases = leases;
    this.wheel = new ExpiryWheel<>(tick);
  }

  /** The places; one is to be taken for each session, before it is opened. */
  Quota places() {
    return places;
  }

  /** The session of that id, which is over if its time is. */
  @Nullable Session find(SessionId id, long now) {
    Session session = sessions.get(id);
    if (session == null) {
      return null;
    }
    expire(session, now);
    return session.term().isLive(now) ? session : null;
  }

  /** Everything that is in it, in no order. */
  Stream<Session> all() {
    return sessions.values().stream();
  }

  /** Adds a session for which a place was taken; false when its id is there already. */
  boolean add(Session session) {
    if (sessions.putIfAbsent(session.id(), session) != null) {
      return false;
    }
    wheel.file(session);
    return true;
  }

  /** Ends a lease if its time is over, or its session's. */
  void expire(Lease lease, long now) {
    Session session = lease.session();
    if (session != null) {
      expire(session, now);
    }
    leases.expire(lease, now);
  }

  /** Ends a session and its leases if its time is over. */
  void expire(Session session, long now) {
    if (session.term().expire(now)) {
      long at = session.term().deadline();
      remove(session);
      session.leases().forEach(lease -> leases.endWithSession(lease, at));
    }
  }

  /** Ends a session and its leases, at its client's wish; true if it was live. */
  boolean close(Session session, long now) {
    expire(session, now);
    if (!session.term().giveBack()) {
      return false;
    }
    remove(session);
    for (Lease lease : session.leases()) {
      boolean unused = leases.release(lease, now);
    }
    return true;
  }

  private void remove(Session session) {
    sessions.remove(session.id(), session);
    wheel.withdraw(session);
    places.giveBack();
  }

  /** Ends what is over. For one thread. */
  void sweep(long now) {
    wheel.turn(now, session -> sweep(session, now));
  }

  private void sweep(Session session, long now) {
    try {
      expire(session, now);
      if (!session.term().hasEnded()) {
        wheel.file(session);
      }
    } catch (Throwable e) {
      // A bug; but without the sweep lease time stands still and no session of anybody ever ends.
      log.atError().setCause(e).log("sweeping {}", session);
    }
  }

  /** Sessions in the wheel. */
  int filed() {
    return wheel.size();
  }
}
