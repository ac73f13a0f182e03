package io.datastored.lease;

import static com.google.common.collect.ImmutableList.toImmutableList;

import com.google.common.collect.ImmutableList;
import io.datastored.access.Limit;
import io.datastored.access.Principal;
import io.datastored.access.Shares;
import io.datastored.history.Revision;
import io.datastored.lease.KeepAliveOutcome.SessionNotKept;
import io.datastored.lease.KeepAliveOutcome.SessionRenewed;
import io.datastored.lease.KeepAliveOutcome.SessionUnknown;
import io.datastored.lease.SessionOutcome.SessionOpened;
import io.datastored.lease.SessionOutcome.SessionRefused;
import io.datastored.promise.ClockSlack;
import io.datastored.promise.LeaseClock;
import io.datastored.promise.LifeId;
import io.datastored.promise.PromiseGate;
import io.datastored.promise.Recovery;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A session table is all sessions of a server. Thread-safe: an open, a renewal and a close take no
 * lock beyond a map's bin and a session's own, and touch no disk, unless the call permits that.
 *
 * <p>Whether a session is live is computed when it is read, from its {@code Term} and the clock.
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
  private volatile Consumer<Duration> onApplied = unheard -> {};

  SessionTable(
      PromiseGate gate,
      LeaseOptions options,
      LeaseClock clock,
      SessionIds ids,
      SessionRegister register,
      Recovery recovery,
      Ownership ownership,
      Supplier<Revision> served,
      RevisionClock heads) {
    this.gate = gate;
    this.options = options.sessions();
    this.margin = options.margin();
    this.clock = clock;
    this.ids = ids;
    this.register = register;
    this.recovery = recovery;
    this.ownership = ownership;
    this.served = served;
    this.heads = heads;
  }

  /** Opens a session or renews the live one of its id; empty if that needs {@link #open}. */
  public Optional<SessionOutcome> openNow(SessionRequest ask) {
    Optional<LifeId> life = gate.life();
    Duration ttl = ttlFor(ask.ttl());
    return gate.allows(ttl) ? Optional.of(promised(ask, ttl, life)) : Optional.empty();
  }

  /** Opens a session or renews the live one of its id. May touch the disk. */
  public SessionOutcome open(SessionRequest ask) {
    Optional<LifeId> life = gate.life();
    Duration ttl = ttlFor(ask.ttl());
    Optional<String> shut = gate.refusal(ttl);
    return shut.isPresent() ? SessionRefused.notPromised(shut.get()) : promised(ask, ttl, life);
  }

  private Duration ttlFor(Optional<Duration> wish) {
    return options.ttlFor(wish, register.places().taken());
  }

  /** Opens or renews a session for a ttl that may be promised in a life. */
  private SessionOutcome promised(SessionRequest ask, Duration ttl, Optional<LifeId> life) {
    if (life.isEmpty()) {
      return SessionRefused.notPromised(PromiseGate.NO_AUTHORITY);
    }
    Optional<SessionId> bound = ids.of(ask.id(), life.get());
    if (bound.isEmpty()) {
      return SessionRefused.idUnfit();
    }
    SessionId id = bound.get();
    long kept = margin.keptNanos(ttl);
    while (true) {
      long now = clock.now();
      Session known = register.find(id, now);
      if (known != null) {
        if (!ownership.admits(known, ask.holder().principal(), "to open it again")) {
          return SessionRefused.idTaken();
        }
        if (ask.caches()) {
          known.cachesFromNowOn();
        }
        if (known.renew(now, kept)) {
          Optional<String> lapsed = gate.lapsed(ttl);
          if (lapsed.isPresent()) {
            return SessionRefused.notPromised(lapsed.get());
          }
          return new SessionOpened(
              SessionOpened.How.RENEWED, known, told(known, ttl, now), served.get());
        }
        continue;
      }
      Principal by = ask.holder().principal();
      if (!register.places().tryTake(by)) {
        return SessionRefused.quotaExceeded(register.places().reached(by));
      }
      Shares places =
          new Shares(new Limit("max-session-leases", options.maxLeases()), Shares.WHOLE);
      Session made = new Session(id, ask, places, now, kept);
      if (!register.add(made)) {
        // Another call with this id was faster, or a session that has just ended is still in the
        // table.
        register.places().giveBack(by);
        Thread.onSpinWait();
        continue;
      }
      // Added, then checked: whoever ends a life drops what was added. See Authority.
      Optional<String> lapsed = gate.lapsed(life, ttl);
      if (lapsed.isPresent()) {
        boolean unused = register.close(made, now);
        return SessionRefused.notPromised(lapsed.get());
      }
      // The session is added to the table, then the revision is read that the client must apply
      // before it may answer from its cache. A mode is served, then a drain checks which sessions
      // it must wait for. So one of the two sees the other. If the revision were read before, it
      // could precede the mode, the drain miss the session, and the client answer from a cache
      // without the mode after DRAINED.
      Revision revision = served.get();
      made.openedOn(revision);
      return new SessionOpened(SessionOpened.How.OPENED, made, ttl, revision);
    }
  }

  /** The ttl to announce for a session that was renewed: less if a drain waits for it. */
  private Duration told(Session session, Duration ttl, long now) {
    Duration left = margin.told(session.term().deadline() - now);
    return left.compareTo(ttl) < 0 ? left : ttl;
  }

  /** Renews a session; empty if that needs {@link #keepAlive} on a thread that may block. */
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
   * @param applied what the client reports as applied
   * @param by the caller; the session of another principal is treated as unknown
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
      // A longer ttl than before must not be promised; the ttl that this session already had may
      // be.
      ttl = margin.told(session.longestKept());
    }
    return renewed(session, ttl, now, applied);
  }

  private KeepAliveOutcome renewed(
      Session session, Duration ttl, long now, Optional<Revision> applied) {
    Revision revision = served.get();
    applied
        .filter(said -> session.noteApplied(said, revision))
        .flatMap(said -> heads.age(said, now))
        .ifPresent(onApplied);
    if (!session.renew(now, margin.keptNanos(ttl))) {
      return unknown(session.id());
    }
    Optional<String> lapsed = gate.lapsed(ttl);
    if (lapsed.isPresent()) {
      return new SessionNotKept(lapsed.get());
    }
    // The session was renewed, then its leases are checked: see LeaseRegister.force.
    ImmutableList<LeaseId> ended =
        session.leases().stream()
            .filter(lease -> lease.term().isForced())
            .map(Lease::id)
            .collect(toImmutableList());
    return new SessionRenewed(
        session, told(session, ttl, now), revision, ended, session.places().taken());
  }

  /** The answer for a session that does not exist. */
  public SessionUnknown unknown(SessionId id) {
    return new SessionUnknown(ids.mayComeBack(id, gate.life(), recovery.active()));
  }

  /**
   * Ends a session and its leases; false if it does not exist.
   *
   * @param by the caller; the session of another principal is treated as unknown
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

  /** Whether a live session of that id exists and the caller may use it. */
  public boolean isLiveFor(SessionId id, Principal by) {
    return find(id, by, "to watch for it", clock.now()) != null;
  }

  private @Nullable Session find(SessionId id, Principal by, String attempt, long now) {
    Session session = register.find(id, now);
    return session != null && ownership.admits(session, by, attempt) ? session : null;
  }

  /** The number of live sessions. An expired session counts until it is next read or swept. */
  public long live() {
    return register.places().taken();
  }

  /**
   * Also calls {@code told} whenever a client reports that it has applied a further revision, with
   * the time since that revision was served. It must return quickly.
   */
  public synchronized void onApplied(Consumer<Duration> told) {
    onApplied = onApplied.andThen(told);
  }

  @Override
  public String toString() {
    return "sessions: " + live();
  }
}
