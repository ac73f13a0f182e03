package io.datastored.lease;

import java.time.Duration;

/**
 * A held lease is a counted lease as an operator sees it at one moment. Immutable but for the
 * lease.
 *
 * @param lease the lease, with its holder and purpose
 * @param age time since it was granted, or reclaimed from an earlier run of the server
 * @param idle time since its last renewal
 * @param timeLeft time until it expires unless it, or its session, is renewed; if it was ended by
 *     force, time until its holder must have stopped
 */
public record HeldLease(Lease lease, Duration age, Duration idle, Duration timeLeft) {

  static HeldLease of(Lease lease, long now) {
    return new HeldLease(lease, lease.age(now), lease.idle(now), lease.timeLeft(now));
  }
}
