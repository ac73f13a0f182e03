package io.datastored.lease;

import java.time.Duration;

/**
 * A held lease is a live lease as an operator sees it at one moment. Immutable but for the lease.
 *
 * @param timeLeft until it ends by itself unless it is renewed
 */
public record HeldLease(Lease lease, Duration timeLeft) {}
