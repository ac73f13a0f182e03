package io.datastored.lease;

import java.util.Optional;

/**
 * A reclaim policy decides which leases of the run before may be taken over. Thread-safe: it only
 * asks.
 *
 * <p>What may be taken over is not asked the mode: its operation is running.
 */
final class ReclaimPolicy {

  private final Recovery recovery;
  private final DrainFloors floors;
  private final ReleasedIds spent;
  private final LeaseLedger ledger;

  ReclaimPolicy(Recovery recovery, DrainFloors floors, ReleasedIds spent, LeaseLedger ledger) {
    this.recovery = recovery;
    this.floors = floors;
    this.spent = spent;
    this.ledger = ledger;
  }

  /** What stands against taking over the lease that an ask continues; empty: nothing. */
  Optional<LeaseRefused> objection(LeaseRequest ask) {
    FencingToken token = ask.held().orElseThrow();
    if (!recovery.active()
        || token.value() >= ledger.grantedBelow()
        || spent.contains(ask.id().orElseThrow(), ask.holder().principal())) {
      return Optional.of(LeaseRefused.ended(ask, EndCause.NOT_KNOWN));
    }
    return floors.isAbove(ask.datastore(), ask.operation(), token)
        ? Optional.empty()
        : Optional.of(LeaseRefused.ended(ask, EndCause.DRAINED));
  }

  /** A lease that was given back; called before it is looked for in the table. */
  void givenBack(LeaseId id, Principal by) {
    spent.note(id, by);
  }

  /** A lease that is being taken out of the table. */
  void over(Lease lease) {
    if (lease.token().value() < ledger.found().ceiling()) {
      spent.note(lease.id(), lease.holder().principal());
    }
  }

  void sweep() {
    spent.sweep();
  }
}
