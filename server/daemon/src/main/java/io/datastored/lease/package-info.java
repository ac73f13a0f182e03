/**
 * Leases and sessions: counted operations of remote clients, the liveness of these clients, and
 * what must survive a restart. The services and the drain may call it; it knows no gRPC. {@link
 * Leases} assembles it.
 *
 * <p>The path of a request: {@link LeaseTable} looks up the id; if it is new, it asks the engine,
 * takes a {@link FencingToken} and files the new {@link Lease} under the tick in which it ends. A
 * promise is written to the {@link FilePromiseBook} before it is made. The rule that keeps this
 * correct: one word, the {@code Term}, decides whether a lease is live. A renewal and an end are
 * both a compare-and-set on it, so no client gets "renewed" for a lease that another thread has
 * ended.
 *
 * <p>A session is one more term. The thread that ends it ends its leases; a grant adds its lease to
 * the session and then checks whether the session has ended. {@link Recovery} knows how long
 * promises of the previous run may still be relied on. During that time {@code ReclaimPolicy} lets
 * clients reclaim leases, unless a drain has recorded a {@code FencingFloor} at or above them.
 *
 * <p>Times are those of the {@code LeaseClock}, which stands still while the server is paused.
 */
@NullMarked
package io.datastored.lease;

import io.datastored.promise.FilePromiseBook;
import io.datastored.promise.Recovery;
import org.jspecify.annotations.NullMarked;
