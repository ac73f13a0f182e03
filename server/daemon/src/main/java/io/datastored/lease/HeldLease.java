package io.datastored.lease;

import java.time.Duration;

/**
 * A held lease is a counted lease as an operator sees it at one moment. Immutable but for the
 * lease.
 *
 * @param lease the lease, with its holder and purpose
 * @param state whether it is live
 * @param age time since it was granted, or reclaimed from an earlier run of the server
 * @param idle time since its last renewal
 * @param timeLeft time until it expires unless it, or its session, is renewed; if it was ended by
 *     force, time until its holder must have stopped
 */
public record HeldLease(Lease lease, State state, Duration age, Duration idle, Duration timeLeft) {

  /** Whether a counted lease is live. */
  public enum State {
    /** The lease is live. */
    LIVE,
    /** The lease was ended by force; its holder may not have noticed yet. */
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
