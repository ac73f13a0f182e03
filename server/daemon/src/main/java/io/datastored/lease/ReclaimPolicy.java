package io.datastored.lease;

import io.datastored.lease.LeaseOutcome.LeaseRefused;
import io.datastored.promise.SealingPeers;
import java.util.Optional;

/**
 * A reclaim policy decides which leases of the run before may be taken over. Thread-safe: it only
 * asks.
 *
 * <p>What may be taken over is not asked the mode: its operation is running.
 */
final class ReclaimPolicy {

  private final SealingPeers peers;
  private final ReleasedIds spent;
  private final long firstToken;

  /**
   * @param firstToken all tokens of this run are at or above
   */
  ReclaimPolicy(SealingPeers peers, ReleasedIds spent, long firstToken) {
    this.peers = peers;
    this.spent = spent;
    this.firstToken = firstToken;
  }

  /** What stands against taking over the lease that an ask continues; empty: nothing. */
  Optional<LeaseRefused> objection(LeaseRequest ask) {
    if (spent.contains(ask.id().orElseThrow(), ask.holder().principal())) {
      return Optional.of(LeaseRefused.ended(ask, EndCause.NOT_KNOWN));
    }
    return switch (peers.takeOver(ask.datastore(), ask.operation(), ask.held().orElseThrow())) {
      case ALLOWED -> Optional.empty();
      case UNKNOWN -> Optional.of(LeaseRefused.ended(ask, EndCause.NOT_KNOWN));
      case DRAINED -> Optional.of(LeaseRefused.ended(ask, EndCause.DRAINED));
    };
  }

  /** A lease that was given back; called before it is looked for in the table. */
  void givenBack(LeaseId id, Principal by) {
    spent.note(id, by);
  }

  /** A lease that is being taken out of the table. */
  void over(Lease lease) {
    if (lease.token().value() < firstToken) {
      spent.note(lease.id(), lease.holder().principal());
    }
  }

  void sweep() {
    spent.sweep();
  }
}
