package io.datastored.lease;

import io.datastored.access.LimitReached;
import io.datastored.access.Principal;
import io.datastored.config.DatastoreName;
import io.datastored.engine.Engine;
import io.datastored.engine.snapshot.Datastore;
import io.datastored.engine.snapshot.Snapshot;
import io.datastored.lease.LeaseOutcome.LeaseRefused;
import io.datastored.lease.LeaseOutcome.Leased;
import io.datastored.lease.LeaseOutcome.Leased.How;
import io.datastored.operation.Blocking;
import io.datastored.promise.LeaseClock;
import io.datastored.promise.PromiseGate;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A lease table grants, renews and releases leases for their holders. Thread-safe: one concurrent
 * map by id; a request, a renewal and a release take no lock beyond the map's bin and touch no
 * disk, unless the call permits that.
 *
 * <p>Whether a lease is live is computed when it is read, from its {@code Term} and the clock; the
 * sweep only cleans up.
 */
public final class LeaseTable {

  private final Engine engine;
  private final PromiseGate gate;
  private final LeaseOptions options;
  private final LeaseClock clock;
  private final LeaseRegister register;
  private final SessionRegister sessions;
  private final LeaseGranter grants;
  private final ReclaimPolicy reclaims;
  private final Ownership ownership;

  LeaseTable(
      Engine engine,
      PromiseGate gate,
      LeaseOptions options,
      LeaseClock clock,
      LeaseRegister register,
      SessionRegister sessions,
      LeaseGranter grants,
      ReclaimPolicy reclaims,
      Ownership ownership) {
    this.engine = engine;
    this.gate = gate;
    this.options = options;
    this.clock = clock;
    this.register = register;
    this.sessions = sessions;
    this.grants = grants;
    this.reclaims = reclaims;
    this.ownership = ownership;
  }

  /**
   * Answers a request without touching a disk; if the result is empty, call {@link #ask} on a
   * thread that may block.
   */
  public Optional<LeaseOutcome> askNow(LeaseRequest ask) {
    return Optional.ofNullable(answer(ask, Blocking.FORBIDDEN));
  }

  /** Answers a request. May touch the disk. */
  public LeaseOutcome ask(LeaseRequest ask) {
    return Objects.requireNonNull(answer(ask, Blocking.ALLOWED));
  }

  /** The refusal that a request would get now; counts, renews and grants nothing. */
  public Optional<LeaseRefused> refusal(LeaseRequest ask) {
    long now = clock.now();
    Session session = null;
    if (ask.session().isPresent()) {
      session = sessionOf(ask, now);
      if (session == null) {
        return Optional.of(LeaseRefused.sessionNotFound(ask));
      }
    }
    Lease known = ask.id().map(register::find).orElse(null);
    if (known != null && !known.term().isReturned() && !known.isForgettable(now)) {
      return Optional.ofNullable(objection(known, ask, now));
    }
    if (ask.held().isPresent()) {
      return reclaims.objection(ask);
    }
    Optional<LimitReached> full = grants.limitReached(session, ask.holder().principal());
    if (full.isPresent()) {
      return Optional.of(LeaseRefused.quotaExceeded(ask, full.get()));
    }
    return engine
        .verdict(ask.datastore(), ask.operation())
        .map(refused -> LeaseRefused.notPermitted(ask, refused));
  }

  /** Whether a request continues a lease that it proves to have been granted to its holder. */
  public boolean isProven(LeaseRequest ask) {
    return grants.isProven(ask);
  }

  /** Whether this is a live lease on this datastore that the caller may use. Logs nothing. */
  public boolean isHeldBy(LeaseId id, DatastoreName datastore, Principal by) {
    Lease lease = register.find(id);
    return lease != null
        && lease.datastore().equals(datastore)
        && lease.holder().principal().admits(by)
        && lease.isLive(clock.now());
  }

  /**
   * Ends a lease, or forgets the id of one that the server has ended. Either way the id is free.
   *
   * @param by the caller; the lease of another principal stays unchanged
   * @return whether this call ended the lease
   */
  public boolean release(LeaseId id, Principal by) {
    Lease lease = register.find(id);
    if (lease == null) {
      // Recorded, then looked up again. A request that reclaims the lease adds it to the table,
      // then checks whether it was recorded. Otherwise the two could miss each other, and a lease
      // that its client does not know of would live as long as its session.
      reclaims.givenBack(id, by);
      lease = register.find(id);
    }
    if (lease == null || !ownership.admits(lease, by, "to release it")) {
      return false;
    }
    long now = clock.now();
    sessions.expire(lease, now);
    boolean ended = register.release(lease, now);
    if (lease.isDropped()) {
      // Given back, and dropped at the same time.
      reclaims.givenBack(lease.id(), by);
    }
    return ended;
  }

  /**
   * Undoes a lease whose answer reached no client, unless it was renewed: then another call, a
   * repetition of the first, has returned it.
   */
  public void undo(Leased granted) {
    if (granted.how() == How.GRANTED) {
      register.undo(granted.lease());
    }
  }

  /** The only decision; null if {@link Blocking#FORBIDDEN} does not suffice. */
  private @Nullable LeaseOutcome answer(LeaseRequest ask, Blocking blocking) {
    Duration ttl = options.ttlFor(ask.ttl());
    while (true) {
      Session session = null;
      if (ask.session().isPresent()) {
        session = sessionOf(ask, clock.now());
        if (session == null) {
          return LeaseRefused.sessionNotFound(ask);
        }
      }
      Lease known = ask.id().isPresent() ? register.find(ask.id().get()) : null;
      LeaseOutcome outcome;
      if (known == null) {
        outcome = first(ask, session, ttl, blocking);
      } else if (blocking == Blocking.FORBIDDEN && session == null && !gate.allows(ttl)) {
        return null;
      } else {
        outcome = again(known, ask, ttl);
        if (outcome == null) {
          register.remove(known);
          continue;
        }
      }
      if (outcome != null || blocking == Blocking.FORBIDDEN) {
        return outcome;
      }
    }
  }

  /** The session that a request names, if the caller may use it. */
  private @Nullable Session sessionOf(LeaseRequest ask, long now) {
    Session session = sessions.find(ask.session().orElseThrow(), now);
    return session != null
            && ownership.admits(session, ask.holder().principal(), "to lease under it")
        ? session
        : null;
  }

  /** The answer to a request whose id is not in the table. */
  private @Nullable LeaseOutcome first(
      LeaseRequest ask, @Nullable Session session, Duration ttl, Blocking blocking) {
    // A client that continues a lease never gets a new one: a holder that was cut off while others
    // worked must learn of it.
    return ask.held().isPresent()
        ? grants.reclaim(ask, session, ttl, blocking)
        : grants.grant(ask, session, ttl, blocking);
  }

  /** The answer to a request whose id is in the table; null if that entry no longer matters. */
  private @Nullable LeaseOutcome again(Lease known, LeaseRequest ask, Duration ttl) {
    long now = clock.now();
    sessions.expire(known, now);
    if (known.term().isReturned() || register.forget(known, now)) {
      return null;
    }
    LeaseRefused objection = objection(known, ask, now);
    if (objection != null) {
      return objection;
    }
    // Under a session, too, the answer is a promise: the holder may count on what is left of it.
    Optional<String> shut = known.session() == null ? gate.refusal(ttl) : gate.refusal();
    if (shut.isPresent()) {
      return LeaseRefused.notPromised(ask, shut.get());
    }
    if (!known.renew(now, options.margin().keptNanos(ttl))) {
      // Ended since it was checked: released, or ended by a thread that read a later clock.
      return known.term().isReturned() ? null : LeaseRefused.ended(ask, causeOf(known));
    }
    Optional<String> lapsed = known.session() == null ? gate.lapsed(ttl) : Optional.empty();
    if (lapsed.isPresent()) {
      return LeaseRefused.notPromised(ask, lapsed.get());
    }
    Snapshot snapshot = engine.snapshot();
    Datastore datastore = snapshot.find(known.datastore()).orElseGet(known::grantedOn);
    return new Leased(
        How.RENEWED,
        known,
        options.margin().told(known.timeLeft(now).toNanos()),
        snapshot.revision(),
        datastore,
        datastore.mountState());
  }

  private static EndCause causeOf(Lease ended) {
    return ended.term().isForced() ? EndCause.FORCED : EndCause.EXPIRED;
  }

  /** The objection to continuing a lease that is in the table; null if there is none. */
  private @Nullable LeaseRefused objection(Lease known, LeaseRequest ask, long now) {
    if (!ownership.admits(known, ask.holder().principal(), "to continue it")) {
      return ask.held().isPresent()
          ? LeaseRefused.ended(ask, EndCause.NOT_KNOWN)
          : LeaseRefused.reused(ask);
    }
    if (!known.isLive(now)) {
      return LeaseRefused.ended(ask, causeOf(known));
    }
    if (ask.held().isPresent() && !ask.held().get().equals(known.token())) {
      return LeaseRefused.ended(ask, EndCause.GRANTED_AGAIN);
    }
    return known.isFor(ask) ? null : LeaseRefused.reused(ask);
  }
}
