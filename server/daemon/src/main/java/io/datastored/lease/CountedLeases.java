package io.datastored.lease;

import static com.google.common.collect.ImmutableList.toImmutableList;

import com.google.common.collect.Comparators;
import com.google.common.collect.ImmutableList;
import io.datastored.config.DatastoreName;
import io.datastored.operation.Operation;
import io.datastored.promise.FencingToken;
import io.datastored.promise.LeaseClock;
import java.util.Comparator;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/**
 * Counted leases are the leases that still count as operations: live leases, and leases that were
 * ended by force and whose holders may not have noticed. Thread-safe.
 */
public final class CountedLeases {

  private final LeaseClock clock;
  private final LeaseCounts counts;
  private final LeaseRegister register;

  CountedLeases(LeaseClock clock, LeaseCounts counts, LeaseRegister register) {
    this.clock = clock;
    this.counts = counts;
    this.register = register;
  }

  /** The number of live leases. An expired lease counts until the next sweep. */
  public long live() {
    return counts.total();
  }

  /** The number of live leases on a datastore. */
  public long live(DatastoreName datastore) {
    return counts.on(datastore);
  }

  /** The number of live leases of one counted kind on a datastore. */
  public long live(DatastoreName datastore, Operation operation) {
    return counts.on(datastore, operation);
  }

  /**
   * The number of leases on a datastore that were ended by force and whose holders may not have
   * noticed.
   */
  public long forced(DatastoreName datastore) {
    return counts.forcedOn(datastore);
  }

  /** The counted leases on a datastore. Walks all leases. */
  public ImmutableList<HeldLease> on(DatastoreName datastore) {
    long now = clock.now();
    return register
        .on(datastore)
        .filter(lease -> isCounted(lease, now))
        .map(lease -> HeldLease.of(lease, now))
        .collect(toImmutableList());
  }

  /**
   * A page of the counted leases, oldest first. Walks all leases.
   *
   * @param which selects leases
   * @param datastore only leases on this datastore; empty: on all
   * @param session only leases under this session; empty: all, including those without a session
   * @param after the token of the last lease of the previous page; empty: from the first
   * @param limit the maximum number of leases
   */
  public ImmutableList<HeldLease> list(
      Predicate<Lease> which,
      Optional<DatastoreName> datastore,
      Optional<SessionId> session,
      Optional<FencingToken> after,
      int limit) {
    long now = clock.now();
    return register
        .all()
        .filter(lease -> datastore.isEmpty() || lease.datastore().equals(datastore.get()))
        .filter(lease -> session.isEmpty() || lease.sessionId().equals(session))
        .filter(which)
        .filter(lease -> after.isEmpty() || lease.token().compareTo(after.get()) > 0)
        .filter(lease -> isCounted(lease, now))
        .collect(Comparators.least(limit, Comparator.comparing(Lease::token)))
        .stream()
        .map(lease -> HeldLease.of(lease, now))
        .collect(toImmutableList());
  }

  private static boolean isCounted(Lease lease, long now) {
    return lease.isLive(now) || (lease.isForcedAndCounted() && !lease.mustHaveStopped(now));
  }

  /**
   * Ends the leases on a datastore whose tokens are at or below a floor. They are never renewed,
   * and KeepAlive reports them to their holders. Each stays counted until its holder releases it,
   * or must have stopped by its own clock. Repeat it while a drain waits: a lease whose grant was
   * under way when the mode was set may appear only after the first call.
   *
   * @param floor the highest dead token of each operation
   * @return the number of leases that this call ended
   */
  public int forceEnd(DatastoreName datastore, ToLongFunction<Operation> floor) {
    long now = clock.now();
    return (int)
        register
            .on(datastore)
            .filter(lease -> lease.token().value() <= floor.applyAsLong(lease.operation()))
            .filter(lease -> register.force(lease, now))
            .count();
  }
}
