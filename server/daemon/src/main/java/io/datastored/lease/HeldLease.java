package io.datastored.lease;

import java.time.Duration;

/**
 * A held lease is a counted lease as an operator sees it at one moment. Immutable but for the
 * lease.
 *
 * @param lease the lease, with its holder and purpose
 * @param state whether it is live
 * @param age since it was granted, or taken over from an earlier start of the server
 * @param idle since it was renewed
 * @param timeLeft until it ends by itself unless it, or its session, is renewed; of one that was
 *     ended by force until its holder must have stopped
 */
public record HeldLease(Lease lease, State state, Duration age, Duration idle, Duration timeLeft) {

  /** Whether a lease that is counted is live. */
  public enum State {
    /** It is. */
    LIVE,
    /** It was ended by force; its holder may not have noticed yet. */
    FORCED
  }

  static HeldLease of(Lease lease, long now) {
    return new HeldLease(
        lease,
        lease.term().isForced() ? State.FORCED : State.LIVE,
        lease.age(now),
        lease.idle(now),
        lease.timeLeft(now));
  }
}
