package io.datastored.lease;

import static com.google.common.collect.ImmutableList.toImmutableList;

import com.google.common.collect.ImmutableList;
import io.datastored.engine.Engine;
import io.datastored.engine.Handle;
import io.datastored.engine.Lookup;
import io.datastored.engine.Refused;
import io.datastored.file.StoreException;
import io.datastored.lease.Leased.How;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A lease granter makes leases: new ones, and those of the run before that are taken over.
 * Thread-safe: a grant takes no lock beyond a map's bin and touches no disk, unless its ask says
 * that it may.
 */
final class LeaseGranter {

  private static final Logger log = LoggerFactory.getLogger(LeaseGranter.class);

  private final Engine engine;
  private final LeaseLedger ledger;
  private final FencingTokens tokens;
  private final LeaseIds ids;
  private final LeaseCounts counts;
  private final LeaseRegister register;
  private final LeaseClock clock;
  private final ClockSlack margin;
  private final ReclaimPolicy reclaims;

  LeaseGranter(
      Engine engine,
      LeaseLedger ledger,
      FencingTokens tokens,
      LeaseIds ids,
      LeaseCounts counts,
      LeaseRegister register,
      LeaseClock clock,
      ClockSlack margin,
      ReclaimPolicy reclaims) {
    this.engine = engine;
    this.ledger = ledger;
    this.tokens = tokens;
    this.ids = ids;
    this.counts = counts;
    this.register = register;
    this.clock = clock;
    this.margin = margin;
    this.reclaims = reclaims;
  }

  /** The quota that stands against one more lease; null: none. */
  @Nullable Limit fullQuota(@Nullable Session session) {
    if (session != null && session.places().isFull()) {
      return session.places().limit();
    }
    return counts.places().isFull() ? counts.places().limit() : null;
  }

  /**
   * The answer to a first ask.
   *
   * @param session the one that the lease is to live with; null: it lives for the ttl
   * @return null: {@link Patience#NOW} is not enough, or another call with this id was faster, and
   *     so this one repeats it
   */
  @Nullable LeaseOutcome grant(
      LeaseRequest ask, @Nullable Session session, Duration ttl, Patience patience) {
    return make(How.GRANTED, ask, session, ttl, patience);
  }

  /**
   * The answer to an ask that continues a lease which is not in the table: it may be one of the run
   * before. Parameters and null as of {@link #grant}.
   */
  @Nullable LeaseOutcome reclaim(
      LeaseRequest ask, @Nullable Session session, Duration ttl, Patience patience) {
    Optional<LeaseRefused> objection = reclaims.objection(ask);
    if (objection.isPresent()) {
      return objection.get();
    }
    return patience == Patience.NOW
        ? null
        : make(How.RECLAIMED, ask, session, ttl, Patience.MAY_BLOCK);
  }

  private @Nullable LeaseOutcome make(
      How how, LeaseRequest ask, @Nullable Session session, Duration ttl, Patience patience) {
    Limit full = takePlaces(session);
    if (full != null) {
      return LeaseRefused.quotaExceeded(ask, full);
    }
    Lease lease = null;
    Handle handle = null;
    ImmutableList<Handle> elsewhere = ImmutableList.of();
    try {
      Lookup lookup = lookup(how, ask, patience);
      if (lookup == null) {
        return null;
      }
      if (lookup instanceof Refused refused) {
        return refused(how, ask, refused);
      }
      handle = lookup.handle();
      if (how == How.RECLAIMED) {
        ImmutableList<Lookup> more = inDoubt(ask);
        elsewhere = granted(more);
        if (elsewhere.size() < more.size()) {
          return refused(how, ask, firstRefused(more));
        }
      }
      Optional<FencingToken> token = promise(ask, session == null ? ttl : Duration.ZERO, patience);
      if (token.isEmpty()) {
        return null;
      }
      Lease made = lease(ask, session, token.get(), handle, elsewhere, ttl);
      if (register.add(made)) {
        lease = made;
      }
    } catch (StoreException e) {
      return ledgerUnavailable(ask, e);
    } finally {
      if (lease == null) {
        // Whatever happened: no count without a lease.
        if (handle != null) {
          handle.close();
        }
        elsewhere.forEach(Handle::close);
        giveBackPlaces(session);
      }
    }
    return lease == null ? null : made(how, lease, handle, ttl, ask);
  }

  private static LeaseRefused refused(How how, LeaseRequest ask, Refused refused) {
    return how == How.RECLAIMED && refused.reason() == Refused.Reason.UNKNOWN_DATASTORE
        ? LeaseRefused.ended(ask, EndCause.DATASTORE_GONE)
        : LeaseRefused.notPermitted(ask, refused);
  }

  private LeaseOutcome made(How how, Lease lease, Handle handle, Duration ttl, LeaseRequest ask) {
    Session session = lease.session();
    // The lease is among those of its session, then it is looked whether the session has ended; who
    // ends a session ends its term and then its leases. So of the two at least one sees the other.
    // Looked at before only, a lease added to a session that has just ended would never end.
    if (session != null && session.term().hasEnded()) {
      boolean unused = register.release(lease, clock.now());
      return LeaseRefused.sessionNotFound(ask, session.id());
    }
    if (how == How.RECLAIMED) {
      // Counted, then looked once more whether that may be. Looked before only: the window ends in
      // between, a drain finds nothing and says DRAINED, and then a running operation is counted.
      // And of a Release that met this ask one has seen the other, see LeaseTable.release.
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
      Handle handle,
      ImmutableList<Handle> elsewhere,
      Duration ttl) {
    LeaseId id = ask.id().orElseGet(() -> ids.idFor(token));
    long now = clock.now();
    return session == null
        ? Lease.alone(id, token, ask, handle, elsewhere, now, margin.keptNanos(ttl))
        : Lease.under(session, id, token, ask, handle, elsewhere, now);
  }

  /** Takes a place in each quota; the one that is full when there is none. */
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

  private @Nullable Lookup lookup(How how, LeaseRequest ask, Patience patience) {
    if (how == How.RECLAIMED) {
      Grounds grounds = grounds(ask);
      return grounds.left().isEmpty()
          ? engine.resume(ask.datastore(), ask.operation())
          : engine.resumeOn(grounds.left().get(0), ask.datastore(), ask.operation());
    }
    return patience == Patience.NOW
        ? engine.lookupNow(ask.datastore(), ask.operation()).orElse(null)
        : engine.lookup(ask.datastore(), ask.operation());
  }

  private Grounds grounds(LeaseRequest ask) {
    return ledger.grounds(ask.datastore(), ask.held().orElseThrow());
  }

  /** Counts a lease of the run before wherever else it may be used, as nobody knows where it is. */
  private ImmutableList<Lookup> inDoubt(LeaseRequest ask) {
    Grounds grounds = grounds(ask);
    ImmutableList.Builder<Lookup> more = ImmutableList.builder();
    grounds.left().stream()
        .skip(1)
        .forEach(path -> more.add(engine.resumeOn(path, ask.datastore(), ask.operation())));
    if (!grounds.left().isEmpty() && grounds.present() == Grounds.Present.PRESENT_TOO) {
      more.add(engine.resume(ask.datastore(), ask.operation()));
    }
    return more.build();
  }

  private static ImmutableList<Handle> granted(ImmutableList<Lookup> lookups) {
    return lookups.stream()
        .filter(Handle.class::isInstance)
        .map(Handle.class::cast)
        .collect(toImmutableList());
  }

  private static Refused firstRefused(ImmutableList<Lookup> lookups) {
    return lookups.stream()
        .filter(Refused.class::isInstance)
        .map(Refused.class::cast)
        .findFirst()
        .orElseThrow();
  }

  /**
   * A token for a lease of a ttl, both on the disk before; empty: not without touching the disk. A
   * lease that is taken over keeps its token.
   */
  private Optional<FencingToken> promise(LeaseRequest ask, Duration ttl, Patience patience)
      throws StoreException {
    if (patience == Patience.NOW) {
      return ledger.allows(ttl) ? tokens.takeNow() : Optional.empty();
    }
    ledger.promise(ttl);
    return ask.held().isPresent() ? ask.held() : Optional.of(tokens.take());
  }

  static LeaseRefused ledgerUnavailable(LeaseRequest ask, StoreException why) {
    // Once for each refused call would fill the disk that is full: the ledger's trouble is logged.
    log.atDebug().log("the lease ledger cannot be written: {}", why.getMessage());
    return LeaseRefused.ledgerUnavailable(ask);
  }
}
