package io.datastored.lease;

import com.google.common.collect.ImmutableList;
import io.datastored.access.LimitReached;
import io.datastored.access.Principal;
import io.datastored.engine.Engine;
import io.datastored.engine.Handle;
import io.datastored.engine.Lookup;
import io.datastored.engine.Refused;
import io.datastored.file.StoreException;
import io.datastored.lease.LeaseOutcome.LeaseRefused;
import io.datastored.lease.LeaseOutcome.Leased;
import io.datastored.lease.LeaseOutcome.Leased.How;
import io.datastored.operation.Blocking;
import io.datastored.promise.ClockSlack;
import io.datastored.promise.FencingToken;
import io.datastored.promise.FencingTokens;
import io.datastored.promise.LeaseClock;
import io.datastored.promise.LifeId;
import io.datastored.promise.PromiseBook;
import io.datastored.promise.PromiseGate;
import io.datastored.promise.SealingPeers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A lease granter creates leases: new ones, and reclaimed ones of the previous run. Thread-safe: a
 * grant takes no lock beyond a map's bin and touches no disk, unless the request permits that.
 */
final class LeaseGranter {

  private final PromiseGate gate;
  private final PromiseBook book;
  private final LeaseProofs proofs;
  private final LeaseLookups lookups;
  private final FencingTokens tokens;
  private final LeaseIds ids;
  private final LeaseCounts counts;
  private final LeaseRegister register;
  private final LeaseClock clock;
  private final ClockSlack margin;
  private final ReclaimPolicy reclaims;

  LeaseGranter(
      Engine engine,
      PromiseGate gate,
      PromiseBook book,
      FencingTokens tokens,
      LeaseIds ids,
      LeaseCounts counts,
      LeaseRegister register,
      LeaseClock clock,
      ClockSlack margin,
      ReclaimPolicy reclaims) {
    this.gate = gate;
    this.book = book;
    this.proofs = new LeaseProofs(engine, book);
    this.lookups = new LeaseLookups(engine, book);
    this.tokens = tokens;
    this.ids = ids;
    this.counts = counts;
    this.register = register;
    this.clock = clock;
    this.margin = margin;
    this.reclaims = reclaims;
  }

  /** The limit that has no room for one more lease. */
  Optional<LimitReached> limitReached(@Nullable Session session, Principal by) {
    if (session != null && !session.places().hasRoom(by)) {
      return Optional.of(session.places().reached(by));
    }
    return counts.places().hasRoom(by)
        ? Optional.empty()
        : Optional.of(counts.places().reached(by));
  }

  /**
   * Grants a new lease.
   *
   * @param session the session that the lease will live with; null: it has its own ttl
   * @return null if {@link Blocking#FORBIDDEN} does not suffice, or if another call with this id
   *     was faster and this request is now its repetition
   */
  @Nullable LeaseOutcome grant(
      LeaseRequest ask, @Nullable Session session, Duration ttl, Blocking blocking) {
    return make(null, ask, session, ttl, blocking);
  }

  /**
   * Continues a lease that is not in the table and may be one of the previous run. Parameters and
   * null as for {@link #grant}.
   */
  @Nullable LeaseOutcome reclaim(
      LeaseRequest ask, @Nullable Session session, Duration ttl, Blocking blocking) {
    Optional<LeaseRefused> objection = reclaims.objection(ask);
    if (objection.isPresent()) {
      reclaims.refused(ask, objection.get());
      return objection.get();
    }
    if (blocking == Blocking.FORBIDDEN) {
      return null;
    }
    if (!isProven(ask)) {
      // Anybody can claim a lease. If the mode refuses it anyway, others need not hear of it.
      Optional<Refused> refused = lookups.refusal(ask);
      if (refused.isPresent()) {
        return refused(How.RECLAIMED, ask, refused.get());
      }
    }
    // Open until the lease is counted: where others count too, they see it before.
    try (SealingPeers.Claim claim = reclaims.claim(ask)) {
      Optional<LeaseRefused> refused = reclaims.objection(ask, claim);
      if (refused.isPresent()) {
        reclaims.refused(ask, refused.get());
        return refused.get();
      }
      return make(claim, ask, session, ttl, Blocking.ALLOWED);
    } catch (StoreException e) {
      return LeaseRefused.notPromised(ask, PromiseGate.notWritten(e));
    }
  }

  /**
   * @param claim null: it is a new lease
   */
  private @Nullable LeaseOutcome make(
      SealingPeers.@Nullable Claim claim,
      LeaseRequest ask,
      @Nullable Session session,
      Duration ttl,
      Blocking blocking) {
    How how = claim == null ? How.GRANTED : How.RECLAIMED;
    Principal by = ask.holder().principal();
    Optional<LimitReached> full = takePlaces(session, by);
    if (full.isPresent()) {
      return LeaseRefused.quotaExceeded(ask, full.get());
    }
    Lease lease = null;
    ImmutableList<Handle> handles = ImmutableList.of();
    try {
      Optional<Optional<Path>> proven = proofs.ground(ask);
      ImmutableList<Lookup> lookups =
          how == How.RECLAIMED
              ? this.lookups.again(ask, proven)
              : this.lookups.first(ask, blocking);
      handles = granted(lookups);
      for (Lookup lookup : lookups) {
        if (lookup instanceof Refused refused) {
          return refused(how, ask, refused);
        }
      }
      if (handles.isEmpty()) {
        return null;
      }
      Optional<LifeId> life = gate.life();
      Duration promised = session == null ? ttl : Duration.ZERO;
      if (blocking == Blocking.ALLOWED) {
        Optional<String> shut = gate.refusal(promised);
        if (shut.isPresent()) {
          return LeaseRefused.notPromised(ask, shut.get());
        }
      } else if (!gate.allows(promised)) {
        return null;
      }
      Optional<FencingToken> token = token(ask, blocking);
      if (token.isEmpty()) {
        return null;
      }
      Lease made = lease(ask, proven.isPresent(), session, token.get(), handles, ttl);
      if (register.add(made)) {
        lease = made;
        // Added, then checked: whoever ends a life drops what was added. See Authority.
        Optional<String> lapsed = gate.lapsed(life, promised);
        if (lapsed.isPresent()) {
          register.drop(made, clock.now());
          return LeaseRefused.notPromised(ask, lapsed.get());
        }
      }
    } catch (StoreException e) {
      return LeaseRefused.notPromised(ask, PromiseGate.notWritten(e));
    } finally {
      if (lease == null) {
        // In every case: no count without a lease.
        handles.forEach(Handle::close);
        giveBackPlaces(session, by);
      }
    }
    return lease == null ? null : made(claim, lease, handles.get(0), ttl, ask);
  }

  private static LeaseRefused refused(How how, LeaseRequest ask, Refused refused) {
    return how == How.RECLAIMED && refused.reason() == Refused.Reason.UNKNOWN_DATASTORE
        ? LeaseRefused.ended(ask, EndCause.DATASTORE_GONE)
        : LeaseRefused.notPermitted(ask, refused);
  }

  private LeaseOutcome made(
      SealingPeers.@Nullable Claim claim,
      Lease lease,
      Handle handle,
      Duration ttl,
      LeaseRequest ask) {
    Session session = lease.session();
    // The lease is added to its session, and then the session is checked; the thread that ends a
    // session ends its term and then its leases. So at least one of the two sees the other. If the
    // session were checked only before, a lease added to a session that has just ended would never
    // end.
    if (session != null && session.term().hasEnded()) {
      register.drop(lease, clock.now());
      return LeaseRefused.sessionNotFound(ask);
    }
    if (claim != null) {
      // Counted, then checked again. If it were checked only before, recovery could end in between:
      // a drain finds nothing and reports DRAINED, and then a running operation is counted. The
      // same order makes this request or a concurrent Release see the other, see
      // LeaseTable.release.
      Optional<LeaseRefused> objection = undecidedIsRefused(ask, claim);
      if (objection.isPresent()) {
        register.drop(lease, clock.now());
        return objection.get();
      }
    }
    return new Leased(
        claim == null ? How.GRANTED : How.RECLAIMED,
        lease,
        session == null ? ttl : margin.told(session.term().deadline() - clock.now()),
        handle.revision(),
        handle.datastore(),
        handle.mountState());
  }

  private Optional<LeaseRefused> undecidedIsRefused(LeaseRequest ask, SealingPeers.Claim claim) {
    try {
      return reclaims.objection(ask, claim);
    } catch (StoreException e) {
      return Optional.of(LeaseRefused.notPromised(ask, PromiseGate.notWritten(e)));
    }
  }

  private Lease lease(
      LeaseRequest ask,
      boolean proven,
      @Nullable Session session,
      FencingToken token,
      ImmutableList<Handle> handles,
      Duration ttl) {
    LeaseId id = ask.id().orElseGet(() -> ids.idFor(token));
    // A new one is made if the lease is continued without a proof: the mode has permitted it.
    String continuation =
        proven
            ? ask.continuation()
            : proofs.of(ask, id, token, handles.get(0).datastore().basePath());
    Lease.Named named = new Lease.Named(id, token, continuation);
    long now = clock.now();
    return session == null
        ? Lease.alone(named, ask, handles, now, margin.keptNanos(ttl))
        : Lease.under(session, named, ask, handles, now);
  }

  /** Whether the continuation proves that the lease was granted, by this run or an earlier one. */
  boolean isProven(LeaseRequest ask) {
    return proofs.ground(ask).isPresent();
  }

  /** Takes a place of the session and of the server, or returns the limit that has none. */
  private Optional<LimitReached> takePlaces(@Nullable Session session, Principal by) {
    if (session != null && !session.places().tryTake(by)) {
      return Optional.of(session.places().reached(by));
    }
    if (counts.places().tryTake(by)) {
      return Optional.empty();
    }
    if (session != null) {
      session.places().giveBack(by);
    }
    return Optional.of(counts.places().reached(by));
  }

  private void giveBackPlaces(@Nullable Session session, Principal by) {
    counts.places().giveBack(by);
    if (session != null) {
      session.places().giveBack(by);
    }
  }

  private static ImmutableList<Handle> granted(ImmutableList<Lookup> lookups) {
    ImmutableList.Builder<Handle> handles = ImmutableList.builderWithExpectedSize(lookups.size());
    for (Lookup lookup : lookups) {
      if (lookup instanceof Handle handle) {
        handles.add(handle);
      }
    }
    return handles.build();
  }

  /**
   * A token; empty if that needs the disk and blocking is forbidden. A reclaimed lease keeps its
   * token.
   */
  private Optional<FencingToken> token(LeaseRequest ask, Blocking blocking) throws StoreException {
    // After the mode has permitted it: the book knows every floor of before that mode.
    long above = book.floor(ask.datastore(), ask.operation());
    if (blocking == Blocking.FORBIDDEN) {
      return tokens.takeNow(above);
    }
    return ask.held().isPresent() ? ask.held() : Optional.of(tokens.take(above));
  }
}
