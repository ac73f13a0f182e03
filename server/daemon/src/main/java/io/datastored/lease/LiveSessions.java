package io.datastored.lease;

import static com.google.common.collect.ImmutableList.toImmutableList;

import com.google.common.collect.Comparators;
import com.google.common.collect.ImmutableList;
import io.datastored.history.Revision;
import io.datastored.promise.ClockSlack;
import io.datastored.promise.LeaseClock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Live sessions are the sessions of a server as drains and operators see them: who has not applied
 * what, and since when. Thread-safe: it only queries other objects.
 */
public final class LiveSessions {

  private final SessionOptions options;
  private final ClockSlack margin;
  private final LeaseClock clock;
  private final SessionRegister register;
  private final RevisionClock heads;

  LiveSessions(
      LeaseOptions options, LeaseClock clock, SessionRegister register, RevisionClock heads) {
    this.options = options.sessions();
    this.margin = options.margin();
    this.clock = clock;
    this.register = register;
    this.heads = heads;
  }

  /**
   * The live caching sessions that were opened before a mode was set and have not applied it. A
   * drain calls this in each of its passes: from the first call on, they are renewed for at most
   * one ttl until they have applied the mode.
   *
   * @param mode the revision in which the mode was set; it must already be served
   */
  public ImmutableList<LiveSession> behind(Revision mode) {
    ImmutableList.Builder<LiveSession> behind = ImmutableList.builder();
    long now = clock.now();
    liveBehind(mode, now)
        .forEach(
            session -> {
              Duration ttl = options.ttlFor(session.wish(), register.places().taken());
              session.await(mode, now + margin.keptNanos(ttl));
              behind.add(shown(session, now));
            });
    return behind.build();
  }

  /** The same sessions, without an effect on their renewal. */
  public ImmutableList<LiveSession> lagging(Revision mode) {
    long now = clock.now();
    return liveBehind(mode, now).map(session -> shown(session, now)).collect(toImmutableList());
  }

  private Stream<Session> liveBehind(Revision mode, long now) {
    return register
        .all()
        .filter(session -> session.isBehind(mode))
        // Ended before it is left out: a renewal that judged it by an earlier clock now fails.
        .filter(session -> isLive(session, now));
  }

  private boolean isLive(Session session, long now) {
    register.expire(session, now);
    return session.term().isLive(now);
  }

  /**
   * A page of live sessions, those furthest behind first. Walks all sessions.
   *
   * @param which selects sessions
   * @param after the position of the last session of the previous page; empty: from the first
   * @param limit the maximum number of sessions
   */
  public ImmutableList<LiveSession> list(
      Predicate<Session> which, Optional<LiveSession.Position> after, int limit) {
    long now = clock.now();
    List<LiveSession> page =
        register
            .all()
            .filter(which)
            .filter(session -> session.term().isLive(now))
            .map(session -> shown(session, now))
            .filter(shown -> after.isEmpty() || shown.place().compareTo(after.get()) > 0)
            .collect(Comparators.least(limit, Comparator.comparing(LiveSession::place)));
    return ImmutableList.copyOf(page);
  }

  private LiveSession shown(Session session, long now) {
    return new LiveSession(
        session,
        session.age(now),
        session.idle(now),
        session.timeLeft(now),
        session.places().taken(),
        lag(session, now),
        LiveSession.Position.of(generation(session), session.id()));
  }

  /**
   * The last generation that it has applied; a session that need not apply anything is not behind.
   */
  private static long generation(Session session) {
    return session
        .applied()
        .map(applied -> applied.generation().value())
        .orElse(session.caches() ? 0L : Long.MAX_VALUE);
  }

  private Duration lag(Session session, long now) {
    if (session.applied().isPresent()) {
      return heads.lag(session.applied().get(), now);
    }
    return session.caches() ? session.age(now) : Duration.ZERO;
  }
}
