package io.datastored.lease;

import static com.google.common.collect.ImmutableList.toImmutableList;

import com.google.common.collect.Comparators;
import com.google.common.collect.ImmutableList;
import io.datastored.history.Revision;
import io.datastored.lease.KeepAliveOutcome.SessionNotKept;
import io.datastored.lease.KeepAliveOutcome.SessionRenewed;
import io.datastored.lease.KeepAliveOutcome.SessionUnknown;
import io.datastored.lease.SessionOutcome.SessionOpened;
import io.datastored.lease.SessionOutcome.SessionRefused;
import io.datastored.promise.ClockSlack;
import io.datastored.promise.LeaseClock;
import io.datastored.promise.PromiseGate;
import io.datastored.promise.Recovery;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A session table is all sessions of a server. Thread-safe: an open, a renewal and a close take no
 * lock beyond a map's bin and a session's own, and touch no disk, unless the call says that it may.
 *
 * <p>Whether a session is live is decided when it is asked for, from its {@code Term} and the
 * clock.
 */
public final class SessionTable {

  private final PromiseGate gate;
  private final SessionOptions options;
  private final ClockSlack margin;
  private final LeaseClock clock;
  private final SessionIds ids;
  private final SessionRegister register;
  private final Recovery recovery;
  private final Ownership ownership;
  private final Supplier<Revision> served;
  private final RevisionClock heads;

  SessionTable(
      PromiseGate gate,
      LeaseOptions options,
      LeaseClock clock,
      SessionIds ids,
      SessionRegister register,
      Recovery recovery,
      Ownership ownership,
      Supplier<Revision> served) {
    this.gate = gate;
    this.options = options.sessions();
    this.margin = options.margin();
    this.clock = clock;
    this.ids = ids;
    this.register = register;
    this.recovery = recovery;
    this.ownership = ownership;
    this.served = served;
    this.heads = new RevisionClock(clock, served.get());
  }

  /** Opens a session or renews the live one of its id; empty: {@link #open} it. */
  public Optional<SessionOutcome> openNow(SessionRequest ask) {
    Duration ttl = ttlFor(ask.ttl());
    return gate.allows(ttl) ? Optional.of(promised(ask, ttl)) : Optional.empty();
  }

  /** Opens a session or renews the live one of its id. May touch the disk. */
  public SessionOutcome open(SessionRequest ask) {
    Duration ttl = ttlFor(ask.ttl());
    Optional<String> shut = gate.refusal(ttl);
    return shut.isPresent() ? SessionRefused.notPromised(shut.get()) : promised(ask, ttl);
  }

  private Duration ttlFor(Optional<Duration> wish) {
    return options.ttlFor(wish, register.places().taken());
  }

  /** Opens or renews for a ttl that may be promised. */
  private SessionOutcome promised(SessionRequest ask, Duration ttl) {
    long kept = margin.keptNanos(ttl);
    while (true) {
      long now = clock.now();
      Session known = ask.id().map(id -> register.find(id, now)).orElse(null);
      if (known != null) {
        if (!ownership.admits(known, ask.holder().principal(), "to open it again")) {
          return SessionRefused.idTaken();
        }
        if (ask.caches()) {
          known.cachesFromNowOn();
        }
        if (known.renew(now, kept)) {
          return new SessionOpened(known, told(known, ttl, now), served.get());
        }
        continue;
      }
      if (!register.places().tryTake()) {
        return SessionRefused.quotaExceeded(register.places().limit());
      }
      SessionId id = ask.id().orElseGet(ids::nextId);
      Quota places = new Quota(new Limit("max-session-leases", options.maxLeases()));
      Session made = new Session(id, ask, places, now, kept);
      if (!register.add(made)) {
        // Another call with this id was faster, or one that has just ended is not gone yet.
        register.places().giveBack();
        Thread.onSpinWait();
        continue;
      }
      // In the table, then the revision is read that the client must apply before it may answer
      // from its cache. A mode is served, then a drain looks whom it must wait for. So one of the
      // two sees the other. Read before, this revision could be the one before the mode, the drain
      // not find the session, and the client answer from a cache without the mode after DRAINED.
      Revision revision = served.get();
      made.openedOn(revision);
      return new SessionOpened(made, ttl, revision);
    }
  }

  /** What may be told of a session that was renewed for a ttl: less if a drain waits for it. */
  private Duration told(Session session, Duration ttl, long now) {
    Duration left = margin.told(session.term().deadline() - now);
    return left.compareTo(ttl) < 0 ? left : ttl;
  }

  /** Renews a session; empty: {@link #keepAlive} on a thread that may block. */
  public Optional<KeepAliveOutcome> keepAliveNow(
      SessionId id, Optional<Revision> applied, Principal by) {
    long now = clock.now();
    Session session = find(id, by, "to keep it alive", now);
    if (session == null) {
      return Optional.of(unknown(id));
    }
    Duration ttl = ttlFor(session.wish());
    return gate.allows(ttl) ? Optional.of(renewed(session, ttl, now, applied)) : Optional.empty();
  }

  /**
   * Renews a session. May touch the disk.
   *
   * @param applied what the client says it has applied
   * @param by who asks for it; a session of somebody else is as one that is not there
   */
  public KeepAliveOutcome keepAlive(SessionId id, Optional<Revision> applied, Principal by) {
    long now = clock.now();
    Session session = find(id, by, "to keep it alive", now);
    if (session == null) {
      return unknown(id);
    }
    Duration ttl = ttlFor(session.wish());
    Optional<String> shut = gate.refusal(ttl);
    if (shut.isPresent()) {
      if (!gate.isOpen()) {
        return new SessionNotKept(shut.get());
      }
      // Nothing longer than ever may be promised; what was promised to it before may be again.
      ttl = margin.told(session.longestKept());
    }
    return renewed(session, ttl, now, applied);
  }

  private KeepAliveOutcome renewed(
      Session session, Duration ttl, long now, Optional<Revision> applied) {
    Revision revision = served.get();
    applied.ifPresent(said -> session.noteApplied(said, revision));
    if (!session.renew(now, margin.keptNanos(ttl))) {
      return unknown(session.id());
    }
    // The session was renewed, then its leases are looked at: see LeaseRegister.force.
    ImmutableList<LeaseId> ended =
        session.leases().stream()
            .filter(lease -> lease.term().isForced())
            .map(Lease::id)
            .collect(toImmutableList());
    return new SessionRenewed(
        session, told(session, ttl, now), revision, ended, session.places().taken());
  }

  /** What to tell of a session that is not there. */
  public SessionUnknown unknown(SessionId id) {
    return new SessionUnknown(recovery.active() && !ids.isOfThisStart(id));
  }

  /**
   * Ends a session and its leases; false when there is none.
   *
   * @param by who asks for it; a session of somebody else is as one that is not there
   */
  public boolean close(SessionId id, Principal by) {
    long now = clock.now();
    Session session = find(id, by, "to close it", now);
    return session != null && register.close(session, now);
  }

  /** The live session of that id. */
  public Optional<Session> find(SessionId id) {
    return Optional.ofNullable(register.find(id, clock.now()));
  }

  /** Whether there is a live session of that id which is for a caller to use. */
  public boolean isLiveFor(SessionId id, Principal by) {
    return find(id, by, "to watch for it", clock.now()) != null;
  }

  private @Nullable Session find(SessionId id, Principal by, String attempt, long now) {
    Session session = register.find(id, now);
    return session != null && ownership.admits(session, by, attempt) ? session : null;
  }

  /** Live sessions. One whose time is over counts until somebody looks at it. */
  public long live() {
    return register.places().taken();
  }

  /**
   * The live caching sessions that were opened before a mode was set and have not applied it. To be
   * asked by a drain, in each of its passes: from the first time on they are renewed for no more
   * than one ttl, until they have applied the mode.
   *
   * @param mode the revision in which the mode was set; it must be served already
   */
  public ImmutableList<LiveSession> behind(Revision mode) {
    ImmutableList.Builder<LiveSession> behind = ImmutableList.builder();
    long now = clock.now();
    liveBehind(mode, now)
        .forEach(
            session -> {
              Duration ttl = ttlFor(session.wish());
              session.await(mode, now + margin.keptNanos(ttl));
              behind.add(shown(session, now));
            });
    return behind.build();
  }

  /** The same, only asked: nobody is renewed for less because of it. */
  public ImmutableList<LiveSession> lagging(Revision mode) {
    long now = clock.now();
    return liveBehind(mode, now).map(session -> shown(session, now)).collect(toImmutableList());
  }

  private Stream<Session> liveBehind(Revision mode, long now) {
    return register
        .all()
        .filter(session -> session.isBehind(mode))
        // Ended before it is left out: a renewal that has judged it by an earlier clock fails now.
        .filter(session -> isLive(session, now));
  }

  private boolean isLive(Session session, long now) {
    register.expire(session, now);
    return session.term().isLive(now);
  }

  /**
   * A page of live sessions, those that are furthest behind first. Walks all sessions.
   *
   * @param which the ones that are wanted
   * @param after the place of the last one of the page before; empty: from the first
   * @param limit how many at most
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

  /** A session as it is shown. */
  public LiveSession show(Session session) {
    return shown(session, clock.now());
  }

  private LiveSession shown(Session session, long now) {
    return new LiveSession(
        session,
        session.age(now),
        session.idle(now),
        session.timeLeft(now),
        session.places().taken(),
        lag(session, now),
        new LiveSession.Position(generation(session), session.id()));
  }

  /** The last one that it has applied; one that was never meant to is behind nobody. */
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

  /** Notes that a revision is served from now on. */
  void onServed(Revision revision) {
    heads.note(revision);
  }

  @Override
  public String toString() {
    return "sessions: " + live();
  }
}
