package io.datastored.lease;

import io.datastored.access.Principal;
import io.datastored.file.StoreException;
import io.datastored.lease.LeaseOutcome.LeaseRefused;
import io.datastored.promise.FencingToken;
import io.datastored.promise.SealingPeers;
import io.datastored.promise.SealingPeers.TakeOver;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A reclaim policy decides which leases of the previous run may be reclaimed. Thread-safe: it only
 * queries other objects.
 *
 * <p>It does not check the mode of the datastore, because the operation is already running.
 */
final class ReclaimPolicy {

  private final SealingPeers peers;
  private final ReleasedIds spent;
  private final Predicate<FencingToken> own;
  private final LeaseTrail trail;

  /**
   * @param own whether a token is of this run
   */
  ReclaimPolicy(
      SealingPeers peers, ReleasedIds spent, Predicate<FencingToken> own, LeaseTrail trail) {
    this.trail = trail;
    this.peers = peers;
    this.spent = spent;
    this.own = own;
  }

  /** The objection to reclaiming the lease that a request continues; empty if there is none. */
  Optional<LeaseRefused> objection(LeaseRequest ask) {
    return objection(
        ask, peers.takeOver(ask.datastore(), ask.operation(), ask.held().orElseThrow()));
  }

  /** Begins to take over the lease that a request continues. */
  SealingPeers.Claim claim(LeaseRequest ask) {
    return peers.claim(ask.datastore(), ask.operation(), ask.held().orElseThrow());
  }

  /** The same objection while the lease is taken over. May block. */
  Optional<LeaseRefused> objection(LeaseRequest ask, SealingPeers.Claim claim)
      throws StoreException {
    return objection(ask, claim.verdict());
  }

  private Optional<LeaseRefused> objection(LeaseRequest ask, TakeOver verdict) {
    if (spent.contains(ask.id().orElseThrow(), ask.holder().principal())) {
      return Optional.of(LeaseRefused.ended(ask, EndCause.NOT_KNOWN));
    }
    return switch (verdict) {
      case ALLOWED -> Optional.empty();
      case UNKNOWN -> Optional.of(LeaseRefused.ended(ask, EndCause.NOT_KNOWN));
      case DRAINED -> Optional.of(LeaseRefused.ended(ask, EndCause.DRAINED));
    };
  }

  /** Records that a request to continue a lease was refused, if nothing is known of that lease. */
  void refused(LeaseRequest ask, LeaseRefused objection) {
    if (objection.cause().filter(EndCause.NOT_KNOWN::equals).isPresent()) {
      trail.unknown(ask);
    }
  }

  /** Records a released lease; call it before the lease is looked up in the table. */
  void givenBack(LeaseId id, Principal by) {
    spent.note(id, by);
  }

  /** Records a lease that is about to be removed from the table, unless it may be continued. */
  void over(Lease lease) {
    if (!own.test(lease.token()) && !lease.isDropped()) {
      spent.note(lease.id(), lease.holder().principal());
    }
  }

  void sweep() {
    spent.sweep();
  }
}
