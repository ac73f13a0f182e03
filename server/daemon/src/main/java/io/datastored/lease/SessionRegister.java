package io.datastored.lease;

import io.datastored.access.Shares;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ObjLongConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A session register holds the sessions of a server by id and by deadline. Thread-safe: one
 * concurrent map and no lock beyond the map's bin, so ten thousand sessions that end together block
 * no caller.
 *
 * <p>The thread that ends a session's term ends its leases, each once. An ended session is not
 * remembered.
 */
final class SessionRegister {

  private static final Logger log = LoggerFactory.getLogger(SessionRegister.class);

  private final ConcurrentHashMap<SessionId, Session> sessions = new ConcurrentHashMap<>();
  private final Shares places;
  private final LeaseRegister leases;
  private final ExpiryWheel<Session> wheel;
  private final LeaseTrail trail;

  SessionRegister(Shares places, LeaseRegister leases, Duration tick, LeaseTrail trail) {
    this.trail = trail;
    this.places = places;
    this.leases = leases;
    this.wheel = new ExpiryWheel<>(tick);
  }

  /** The places; take one for each session before it is opened. */
  Shares places() {
    return places;
  }

  /** The session of that id, which may have expired. */
  @Nullable Session find(SessionId id, long now) {
    Session session = sessions.get(id);
    if (session == null) {
      return null;
    }
    expire(session, now);
    return session.term().isLive(now) ? session : null;
  }

  /** All entries, in no particular order. */
  Stream<Session> all() {
    return sessions.values().stream();
  }

  /** Adds a session whose place was taken; false if its id is already present. */
  boolean add(Session session) {
    if (sessions.putIfAbsent(session.id(), session) != null) {
      return false;
    }
    wheel.file(session);
    return true;
  }

  /** Ends a lease if it, or its session, has expired. */
  void expire(Lease lease, long now) {
    Session session = lease.session();
    if (session != null) {
      expire(session, now);
    }
    leases.expire(lease, now);
  }

  /** Ends a session and its leases if it has expired. */
  void expire(Session session, long now) {
    if (session.term().expire(now)) {
      long at = session.term().deadline();
      remove(session);
      trail.lost(session);
      session.leases().forEach(lease -> leases.endWithSession(lease, at));
    }
  }

  /** Ends a session and its leases at the request of its client; true if it was live. */
  boolean close(Session session, long now) {
    return end(session, now, leases::release);
  }

  /** Ends a session whose client may come back with its leases. */
  void drop(Session session, long now) {
    boolean unused = end(session, now, leases::drop);
  }

  private boolean end(Session session, long now, ObjLongConsumer<Lease> each) {
    expire(session, now);
    if (!session.term().giveBack()) {
      return false;
    }
    remove(session);
    session.leases().forEach(lease -> each.accept(lease, now));
    return true;
  }

  private void remove(Session session) {
    sessions.remove(session.id(), session);
    wheel.withdraw(session);
    places.giveBack(session.holder().principal());
  }

  /** Ends expired sessions. For one thread. */
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
      // A bug; but without the sweep, lease time stands still and no session ever ends.
      log.atError().setCause(e).log("clean-up of {} failed", session);
    }
  }

  /** The number of sessions in the wheel. */
  int filed() {
    return wheel.size();
  }
}
