/**
 * Leases and sessions: counted operations of remote clients, which of these clients are alive, when
 * both end, and what must be remembered of them over a restart. The services and the drain may call
 * it; it knows no gRPC. {@link Leases} is where it is assembled.
 *
 * <p>The walk of an ask: {@link LeaseTable} looks for the id, else asks the engine, takes a {@link
 * FencingToken} and files the new {@link Lease} under the tick in which it ends. What is promised
 * is written to the {@link FilePromiseBook} before it is promised. The rule that keeps all of it
 * correct: whether a lease is live is one word, its {@code Term}; a renewal and an end are both a
 * compare-and-set on it, so nobody is told "renewed" of a lease that somebody else has ended.
 *
 * <p>A session is one more such term. Who ends it ends its leases; a grant adds its lease to the
 * session and then looks whether that has ended. Of the run before, {@link Recovery} says how long
 * its promises may still be believed; in that time {@code ReclaimPolicy} lets leases be taken over,
 * unless a drain has remembered a {@code FencingFloor} at or above them.
 *
 * <p>Times are those of the {@code LeaseClock}, which stands still while the server does.
 */
@NullMarked
package io.datastored.lease;

import io.datastored.promise.FilePromiseBook;
import io.datastored.promise.Recovery;
import org.jspecify.annotations.NullMarked;
