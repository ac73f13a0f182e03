/**
 * Leases: counted operations of remote clients, when they end, and what must be remembered of them
 * over a restart. The services and the drain may call it; it knows no gRPC.
 *
 * <p>The walk of an ask: {@link LeaseTable} looks for the id, else asks the engine, takes a {@link
 * FencingToken} and files the new {@link Lease} under the tick in which it ends. What is promised
 * is written to the {@link LeaseLedger} before it is promised. The rule that keeps all of it
 * correct: whether a lease is live is one word, its {@code Term}; a renewal and an end are both a
 * compare-and-set on it, so nobody is told "renewed" of a lease that somebody else has ended.
 *
 * <p>Times are those of the {@code LeaseClock}, which stands still while the server does.
 */
@NullMarked
package io.datastored.lease;

import org.jspecify.annotations.NullMarked;
