package io.datastored.client.internal.cache;

import io.datastored.client.ClientMetrics;
import io.datastored.client.ClientOptions;
import io.datastored.client.ClientState;
import io.datastored.client.Handle;
import io.datastored.client.LookupOptions;
import io.datastored.client.Operation;
import io.datastored.client.Origin;
import io.datastored.client.Refusal;
import io.datastored.client.RefusedException;
import io.datastored.client.SuspectReads;
import io.datastored.client.internal.loop.ClientClock;
import io.datastored.client.internal.loop.Counters;
import io.datastored.client.internal.loop.RevisionOrder;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The near cache is the memory from which lookups are answered. Thread-safe: readers see one view,
 * one term and the leases, each through a volatile field; only the loop replaces them.
 */
public final class NearCache {

  /** Nanoseconds of monotonic time that may pass between two reads of the wall clock. */
  private static final long LOOK_EVERY = 1_000_000;

  private final ClientClock clock;
  private final LocalRefusals refusals;
  private final NegativeAnswers negatives;
  private final Counters counters;
  private final ClientMetrics metrics;
  private final Runnable timeLost;
  private final AtomicLong lookedAt;

  private volatile View view = View.EMPTY;
  private volatile Term term = Term.NONE;

  /**
   * @param timeLost is run when a lookup finds that the machine was suspended
   */
  public NearCache(ClientClock clock, ClientOptions options, Counters counters, Runnable timeLost) {
    this.clock = clock;
    this.refusals = new LocalRefusals(options.sources().wallClock());
    this.negatives = new NegativeAnswers(options);
    this.counters = counters;
    this.metrics = options.metrics();
    this.timeLost = timeLost;
    this.lookedAt = new AtomicLong(clock.now() - LOOK_EVERY);
  }

  /**
   * Answers from memory; null if the server must be asked.
   *
   * @throws RefusedException if the operation is refused from memory
   */
  public @Nullable Handle lookup(String name, Operation operation, LookupOptions options) {
    View seen = view;
    CachedDatastore datastore = seen.find(name);
    if (datastore == null) {
      return unknown(name, operation, options);
    }
    SharedLease lease = null;
    if (operation.counted()) {
      lease = datastore.slot(operation).lease();
      if (lease != null && !lease.enter()) {
        lease = null;
      }
    }
    // Count first, then read the term, the time, the mode and the lease (again). A thread that
    // slept
    // before it counted gets no handle under a term that is over. A frame is published before the
    // counts are read, so of a lookup and a mode at least one sees the other.
    //
    // The term is read before the view: the loop publishes a view and then the term that vouches
    // for it, so the view read here is at least as new as the one that the term vouches for. In the
    // reverse order a thread that sleeps in between would answer from a view before an outage under
    // a term after it: reads view 1 | loop: publishes view 2, is FRESH | reads term FRESH, answers
    // from view 1.
    Term current = term;
    long time = clock.now();
    View now = view;
    if (now != seen) {
      seen = now;
      datastore = now.find(name);
      if (datastore == null) {
        undo(lease);
        return null;
      }
    }
    if (!isGoodEnough(current, time, seen, datastore, operation, options)) {
      undo(lease);
      return null;
    }
    if (datastore.refuses(operation)) {
      undo(lease);
      throw refused(datastore, operation, seen);
    }
    if (operation.counted() && (lease == null || !lease.isGood(current.opening()))) {
      undo(lease);
      return null;
    }
    counters.localHits.increment();
    metrics.localHit(operation);
    return new LocalHandle(
        datastore, seen.revisionOf(datastore), lease, current.vouchedAt(), Origin.CACHE, this);
  }

  /** Undoing a count is an exit like any other: the lease may have become unwanted since. */
  private static void undo(@Nullable SharedLease lease) {
    if (lease != null) {
      lease.exit();
    }
  }

  private boolean isGoodEnough(
      Term current,
      long time,
      View seen,
      CachedDatastore datastore,
      Operation operation,
      LookupOptions options) {
    ClientState state = current.state(time);
    if (state != ClientState.FRESH
        && (state != ClientState.SUSPECT
            || operation == Operation.WRITE
            || options.suspectReads() != SuspectReads.ALLOWED
            || !current.isVouchedFor(time))) {
      return false;
    }
    if (isTimeLost(current, time)) {
      return false;
    }
    // Most lookups have no special requirements.
    return options == LookupOptions.DEFAULT
        || (options.maxAge().isEmpty()
                || time - current.vouchedAt() <= options.maxAge().get().toNanos())
            && (options.atLeast().isEmpty()
                || RevisionOrder.reaches(seen.revisionOf(datastore), options.atLeast().get()));
  }

  private boolean isTimeLost(Term current, long time) {
    // Reading the wall clock each time would double the time of a lookup. A suspend is noticed
    // within a millisecond of running time, which is no worse than a suspend right after the check.
    long looked = lookedAt.getOpaque();
    if (time - looked < LOOK_EVERY) {
      return false;
    }
    if (clock.isTimeLost(current.wallAhead(), time)) {
      timeLost.run();
      return true;
    }
    // Unless somebody has found meanwhile that time was lost.
    lookedAt.compareAndSet(looked, time);
    return false;
  }

  private @Nullable Handle unknown(String name, Operation operation, LookupOptions options) {
    Term current = term;
    long time = clock.now();
    if (current.state(time) == ClientState.FRESH
        && options.atLeast().isEmpty()
        && !isTimeLost(current, time)) {
      long mostAge = options.maxAge().map(Duration::toNanos).orElse(Long.MAX_VALUE);
      Optional<Refusal> refusal = negatives.find(name, time, mostAge);
      if (refusal.isPresent()) {
        throw refused(refusal.get(), operation);
      }
    }
    return null;
  }

  private RefusedException refused(CachedDatastore datastore, Operation operation, View seen) {
    return refused(
        refusals.of(datastore.datastore(), operation, seen.revisionOf(datastore)), operation);
  }

  private RefusedException refused(Refusal refusal, Operation operation) {
    counters.localRefusals.increment();
    metrics.localRefusal(operation, refusal.reason());
    return new RefusedException(refusal, Origin.CACHE);
  }

  /** The refusal of an operation by a datastore; empty if it is not refused. */
  public Optional<RefusedException> refusal(CachedDatastore datastore, Operation operation) {
    return datastore.refuses(operation)
        ? Optional.of(refused(datastore, operation, view))
        : Optional.empty();
  }

  public ClientClock clock() {
    return clock;
  }

  public View view() {
    return view;
  }

  public Term term() {
    return term;
  }

  public NegativeAnswers negatives() {
    return negatives;
  }

  /**
   * The state by the clocks, even if the loop has not noticed it yet. If it is EXPIRED, no lookup
   * that begins later is answered from memory before the client is renewed.
   */
  public ClientState state() {
    Term current = term;
    long now = clock.now();
    ClientState state = current.state(now);
    if (state == ClientState.EXPIRED || !clock.isTimeLost(current.wallAhead(), now)) {
      return state;
    }
    // The next lookup looks at the wall clock, too.
    lookedAt.set(now - LOOK_EVERY);
    return ClientState.EXPIRED;
  }

  /** Whether a lease is valid by the clocks. */
  boolean isPromised(SharedLease lease) {
    long now = clock.now();
    return lease.opening().isLive(now) && !clock.isTimeLost(term.wallAhead(), now);
  }

  Duration leftOf(SessionEpoch opening) {
    return clock.until(opening.expiresAt());
  }

  /** Only for the loop. */
  public void show(View next) {
    view = next;
  }

  /** Only for the loop. */
  public void show(Term next) {
    term = next;
  }
}
