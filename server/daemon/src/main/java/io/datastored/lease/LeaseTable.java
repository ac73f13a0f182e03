package io.datastored.lease;

import com.google.common.base.Ticker;
import com.google.common.collect.ImmutableList;
import io.datastored.config.DatastoreName;
import io.datastored.config.StoreException;
import io.datastored.engine.Datastore;
import io.datastored.engine.Engine;
import io.datastored.engine.Handle;
import io.datastored.engine.Lookup;
import io.datastored.engine.Refused;
import io.datastored.engine.Snapshot;
import io.datastored.lease.Leased.How;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A lease table is all leases of a server. Thread-safe: one concurrent map by id; an ask, a renewal
 * and a release take no lock beyond the map's bin and touch no disk, unless the ask says that it
 * must.
 *
 * <p>Whether a lease is live is decided when it is asked for, from its {@code Term} and the clock;
 * {@link #sweep} only cleans up behind that.
 */
public final class LeaseTable {

  private static final Logger log = LoggerFactory.getLogger(LeaseTable.class);

  private final Engine engine;
  private final LeaseLedger ledger;
  private final LeaseOptions options;
  private final LeaseClock clock;
  private final LeaseIds ids;
  private final FencingTokens tokens;
  private final LeaseCounts counts;
  private final LeaseRegister register;

  /** Whether an ask may wait for a disk. */
  private enum Patience {
    NOW,
    MAY_BLOCK
  }

  /**
   * A table without leases.
   *
   * @param engine who permits operations
   * @param ledger where promises are written down
   * @param options bounds and rhythm
   * @param ticker monotonic time
   * @param secret where the key of chosen ids comes from; must be unpredictable
   * @param background where fencing tokens are reserved ahead; its threads may block
   */
  public LeaseTable(
      Engine engine,
      LeaseLedger ledger,
      LeaseOptions options,
      Ticker ticker,
      RandomGenerator secret,
      Executor background) {
    this.engine = engine;
    this.ledger = ledger;
    this.options = options;
    this.clock = new LeaseClock(ticker, options.stall());
    this.ids = new LeaseIds(secret);
    this.tokens = new FencingTokens(ledger, options.tokenBlock(), background);
    this.counts = new LeaseCounts(options.maxLeases());
    this.register = new LeaseRegister(counts, options.tick());
  }

  /** Answers an ask; empty: {@link #ask} it on a thread that may block. Never touches a disk. */
  public Optional<LeaseOutcome> askNow(LeaseAsk ask) {
    return Optional.ofNullable(answer(ask, Patience.NOW));
  }

  /** Answers an ask. May touch the disk. */
  public LeaseOutcome ask(LeaseAsk ask) {
    return Objects.requireNonNull(answer(ask, Patience.MAY_BLOCK));
  }

  /** Whether an ask would be refused now, and how; nothing is counted, renewed or granted. */
  public Optional<LeaseRefused> refusal(LeaseAsk ask) {
    if (ask.session().isPresent()) {
      return Optional.of(LeaseRefused.sessionNotFound(ask, ask.session().get()));
    }
    long now = clock.now();
    Lease known = ask.id().map(register::find).orElse(null);
    if (known != null && !known.term().isReturned() && !known.isForgettable(now)) {
      return Optional.ofNullable(objection(known, ask, now));
    }
    if (ask.held().isPresent()) {
      return Optional.of(LeaseRefused.ended(ask, EndCause.NOT_KNOWN));
    }
    if (counts.isFull()) {
      return Optional.of(LeaseRefused.quotaExceeded(ask, counts.limit()));
    }
    return engine
        .verdict(ask.datastore(), ask.operation())
        .map(refused -> LeaseRefused.notPermitted(ask, refused));
  }

  /**
   * Ends a lease, or forgets the id of one that the server had ended. Both leave the id free.
   *
   * @return whether this call ended the lease
   */
  public boolean release(LeaseId id) {
    Lease lease = register.find(id);
    return lease != null && register.release(lease, clock.now());
  }

  /**
   * Takes back a lease whose answer reached nobody, unless it has been renewed: then another call,
   * a repetition of the first, has been told of it.
   */
  public void undo(Leased granted) {
    if (granted.how() == How.GRANTED) {
      register.undo(granted.lease());
    }
  }

  /**
   * Ends what is over and forgets what has been remembered for long enough. To be called every
   * {@code options.tick()} by one thread.
   */
  public void sweep() {
    Duration stood = clock.beat();
    if (!stood.isZero()) {
      log.atWarn()
          .addKeyValue("stood_still", stood)
          .addKeyValue("leases", counts.total())
          .log("the server stood still; leases live that much longer");
    }
    register.sweep(clock.now());
  }

  /** How many leases may be live. */
  public long limit() {
    return counts.limit();
  }

  /** Live leases. One whose time is over counts until the next sweep. */
  public long live() {
    return counts.total();
  }

  /** Live leases on a datastore. */
  public long live(DatastoreName datastore) {
    return counts.on(datastore);
  }

  /** The live leases on a datastore, for operators who wait for them. Walks all leases. */
  public ImmutableList<HeldLease> on(DatastoreName datastore) {
    long now = clock.now();
    return register
        .liveOn(datastore, now)
        .map(lease -> new HeldLease(lease, lease.timeLeft(now)))
        .collect(ImmutableList.toImmutableList());
  }

  /** Ids in the table: live leases, and ended ones that are remembered; for tests. */
  int remembered() {
    return register.remembered();
  }

  /** Leases in the wheel; for tests. */
  int filed() {
    return register.filed();
  }

  /**
   * Notes in the ledger that nobody is owed anything, when that is so. For a clean stop, after the
   * last call has ended. Touches the disk.
   */
  public void settle() throws StoreException {
    sweep();
    if (counts.total() == 0) {
      ledger.settle(Duration.ofNanos(clock.now()));
    }
  }

  /** The one decision; null: {@link Patience#NOW} is not enough. */
  private @Nullable LeaseOutcome answer(LeaseAsk ask, Patience patience) {
    if (ask.session().isPresent()) {
      return LeaseRefused.sessionNotFound(ask, ask.session().get());
    }
    Duration ttl = options.ttlFor(ask.ttl());
    while (true) {
      Lease known = ask.id().isPresent() ? register.find(ask.id().get()) : null;
      if (known == null) {
        // Never makes a lease: a holder that was cut off while others worked must hear of it.
        return ask.held().isPresent()
            ? LeaseRefused.ended(ask, EndCause.NOT_KNOWN)
            : grant(ask, ttl, patience);
      }
      if (patience == Patience.NOW && !ledger.allows(ttl)) {
        return null;
      }
      LeaseOutcome outcome = again(known, ask, ttl);
      if (outcome != null) {
        return outcome;
      }
      register.remove(known);
    }
  }

  /**
   * The answer to an ask whose id is in the table; null when that entry is of no account any more.
   */
  private @Nullable LeaseOutcome again(Lease known, LeaseAsk ask, Duration ttl) {
    long now = clock.now();
    register.expire(known, now);
    if (known.term().isReturned() || (known.isForgettable(now) && known.term().forget())) {
      return null;
    }
    LeaseRefused objection = objection(known, ask, now);
    if (objection != null) {
      return objection;
    }
    try {
      ledger.promise(ttl);
    } catch (StoreException e) {
      return ledgerUnavailable(ask, e);
    }
    if (!known.renew(now, ttl)) {
      // Ended since it was judged: released, or expired by a thread that read a later clock.
      return known.term().isReturned() ? null : LeaseRefused.ended(ask, EndCause.EXPIRED);
    }
    Snapshot snapshot = engine.snapshot();
    Datastore datastore = snapshot.find(known.datastore()).orElseGet(known::grantedOn);
    return new Leased(
        How.RENEWED,
        known,
        known.timeLeft(now),
        snapshot.revision(),
        datastore,
        datastore.mountState());
  }

  /** What stands against continuing a lease that is in the table; null: nothing. */
  private static @Nullable LeaseRefused objection(Lease known, LeaseAsk ask, long now) {
    if (!known.term().isLive(now)) {
      return LeaseRefused.ended(ask, EndCause.EXPIRED);
    }
    if (ask.held().isPresent() && !ask.held().get().equals(known.token())) {
      return LeaseRefused.ended(ask, EndCause.GRANTED_AGAIN);
    }
    return known.isFor(ask) ? null : LeaseRefused.reused(ask, known);
  }

  /** The answer to a first ask; null: {@link Patience#NOW} is not enough. */
  private @Nullable LeaseOutcome grant(LeaseAsk ask, Duration ttl, Patience patience) {
    if (!counts.tryReserve()) {
      return LeaseRefused.quotaExceeded(ask, counts.limit());
    }
    Lease lease = null;
    Handle handle = null;
    try {
      Lookup lookup = lookup(ask, patience);
      if (lookup == null) {
        return null;
      }
      if (lookup instanceof Refused refused) {
        return LeaseRefused.notPermitted(ask, refused);
      }
      handle = lookup.handle();
      Optional<FencingToken> token = promise(ttl, patience);
      if (token.isEmpty()) {
        return null;
      }
      LeaseId id = ask.id().orElseGet(() -> ids.idFor(token.get()));
      Lease made = new Lease(id, token.get(), ask.holder(), handle, clock.now(), ttl);
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
        counts.cancel();
      }
    }
    if (lease == null) {
      // Another call with this id was faster; this one repeats it.
      return answer(ask, patience);
    }
    return new Leased(
        How.GRANTED, lease, ttl, handle.revision(), handle.datastore(), handle.mountState());
  }

  private @Nullable Lookup lookup(LeaseAsk ask, Patience patience) {
    return patience == Patience.NOW
        ? engine.lookupNow(ask.datastore(), ask.operation()).orElse(null)
        : engine.lookup(ask.datastore(), ask.operation());
  }

  /**
   * A token for a lease of a ttl, both on the disk before; empty: not without touching the disk.
   */
  private Optional<FencingToken> promise(Duration ttl, Patience patience) throws StoreException {
    if (patience == Patience.NOW) {
      return ledger.allows(ttl) ? tokens.takeNow() : Optional.empty();
    }
    ledger.promise(ttl);
    return Optional.of(tokens.take());
  }

  private static LeaseRefused ledgerUnavailable(LeaseAsk ask, StoreException why) {
    log.atError().log("the lease ledger cannot be written: {}", why.getMessage());
    return LeaseRefused.ledgerUnavailable(ask);
  }
}
