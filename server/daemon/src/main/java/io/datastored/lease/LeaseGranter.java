package io.datastored.lease;

import static com.google.common.collect.ImmutableList.toImmutableList;

import com.google.common.collect.ImmutableList;
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
import io.datastored.promise.PromiseBook;
import io.datastored.promise.PromiseGate;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A lease granter creates leases: new ones, and reclaimed ones of the previous run. Thread-safe: a
 * grant takes no lock beyond a map's bin and touches no disk, unless the request permits that.
 */
final class LeaseGranter {

  private final Engine engine;
  private final PromiseGate gate;
  private final PromiseBook book;
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
    this.engine = engine;
    this.gate = gate;
    this.book = book;
    this.tokens = tokens;
    this.ids = ids;
    this.counts = counts;
    this.register = register;
    this.clock = clock;
    this.margin = margin;
    this.reclaims = reclaims;
  }

  /** The quota that has no room for one more lease; null if none. */
  @Nullable Limit fullQuota(@Nullable Session session) {
    if (session != null && session.places().isFull()) {
      return session.places().limit();
    }
    return counts.places().isFull() ? counts.places().limit() : null;
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
    return make(How.GRANTED, ask, session, ttl, blocking);
  }

  /**
   * Continues a lease that is not in the table and may be one of the previous run. Parameters and
   * null as for {@link #grant}.
   */
  @Nullable LeaseOutcome reclaim(
      LeaseRequest ask, @Nullable Session session, Duration ttl, Blocking blocking) {
    Optional<LeaseRefused> objection = reclaims.objection(ask);
    if (objection.isPresent()) {
      return objection.get();
    }
    return blocking == Blocking.FORBIDDEN
        ? null
        : make(How.RECLAIMED, ask, session, ttl, Blocking.ALLOWED);
  }

  private @Nullable LeaseOutcome make(
      How how, LeaseRequest ask, @Nullable Session session, Duration ttl, Blocking blocking) {
    Limit full = takePlaces(session);
    if (full != null) {
      return LeaseRefused.quotaExceeded(ask, full);
    }
    Lease lease = null;
    ImmutableList<Handle> handles = ImmutableList.of();
    try {
      ImmutableList<Lookup> lookups = lookups(how, ask, blocking);
      handles = granted(lookups);
      for (Lookup lookup : lookups) {
        if (lookup instanceof Refused refused) {
          return refused(how, ask, refused);
        }
      }
      if (handles.isEmpty()) {
        return null;
      }
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
      Lease made = lease(ask, session, token.get(), handles, ttl);
      if (register.add(made)) {
        lease = made;
      }
    } catch (StoreException e) {
      return LeaseRefused.notPromised(ask, PromiseGate.notWritten(e));
    } finally {
      if (lease == null) {
        // In every case: no count without a lease.
        handles.forEach(Handle::close);
        giveBackPlaces(session);
      }
    }
    return lease == null ? null : made(how, lease, handles.get(0), ttl, ask);
  }

  private static LeaseRefused refused(How how, LeaseRequest ask, Refused refused) {
    return how == How.RECLAIMED && refused.reason() == Refused.Reason.UNKNOWN_DATASTORE
        ? LeaseRefused.ended(ask, EndCause.DATASTORE_GONE)
        : LeaseRefused.notPermitted(ask, refused);
  }

  private LeaseOutcome made(How how, Lease lease, Handle handle, Duration ttl, LeaseRequest ask) {
    Session session = lease.session();
    // The lease is added to its session, and then the session is checked; the thread that ends a
    // session ends its term and then its leases. So at least one of the two sees the other. If the
    // session were checked only before, a lease added to a session that has just ended would never
    // end.
    if (session != null && session.term().hasEnded()) {
      boolean unused = register.release(lease, clock.now());
      return LeaseRefused.sessionNotFound(ask, session.id());
    }
    if (how == How.RECLAIMED) {
      // Counted, then checked again. If it were checked only before, recovery could end in between:
      // a drain finds nothing and reports DRAINED, and then a running operation is counted. The
      // same order makes this request or a concurrent Release see the other, see
      // LeaseTable.release.
      Optional<LeaseRefused> objection = reclaims.objection(ask);
      if (objection.isPresent()) {
        boolean unused = register.release(lease, clock.now());
        return objection.get();
      }
    }
    return new Leased(
        how,
        lease,
        session == null ? ttl : margin.told(session.term().deadline() - clock.now()),
        handle.revision(),
        handle.datastore(),
        handle.mountState());
  }

  private Lease lease(
      LeaseRequest ask,
      @Nullable Session session,
      FencingToken token,
      ImmutableList<Handle> handles,
      Duration ttl) {
    LeaseId id = ask.id().orElseGet(() -> ids.idFor(token));
    long now = clock.now();
    return session == null
        ? Lease.alone(id, token, ask, handles, now, margin.keptNanos(ttl))
        : Lease.under(session, id, token, ask, handles, now);
  }

  /** Takes a place in each quota; returns the full one if there is none. */
  private @Nullable Limit takePlaces(@Nullable Session session) {
    if (session != null && !session.places().tryTake()) {
      return session.places().limit();
    }
    if (counts.places().tryTake()) {
      return null;
    }
    if (session != null) {
      session.places().giveBack();
    }
    return counts.places().limit();
  }

  private void giveBackPlaces(@Nullable Session session) {
    counts.places().giveBack();
    if (session != null) {
      session.places().giveBack();
    }
  }

  /**
   * Counts the operation; for a lease of the previous run, on every base path that it may be on.
   * Empty if memory does not suffice.
   */
  private ImmutableList<Lookup> lookups(How how, LeaseRequest ask, Blocking blocking) {
    if (how == How.RECLAIMED) {
      return book.grounds(ask.datastore(), ask.held().orElseThrow()).stream()
          .map(ground -> resumed(ground, ask))
          .collect(toImmutableList());
    }
    return blocking == Blocking.FORBIDDEN
        ? engine
            .lookupNow(ask.datastore(), ask.operation())
            .map(ImmutableList::of)
            .orElse(ImmutableList.of())
        : ImmutableList.of(engine.lookup(ask.datastore(), ask.operation()));
  }

  private Lookup resumed(Optional<Path> ground, LeaseRequest ask) {
    return ground.isPresent()
        ? engine.resumeOn(ground.get(), ask.datastore(), ask.operation())
        : engine.resume(ask.datastore(), ask.operation());
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
    if (blocking == Blocking.FORBIDDEN) {
      return tokens.takeNow();
    }
    return ask.held().isPresent() ? ask.held() : Optional.of(tokens.take());
  }
}
