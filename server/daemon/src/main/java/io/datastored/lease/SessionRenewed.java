package io.datastored.lease;

import com.google.common.collect.ImmutableList;
import io.datastored.history.Revision;
import java.time.Duration;

/**
 * Session renewed is the answer that a session is live. Immutable but for the session.
 *
 * @param session the session
 * @param ttl how long it holds; the client counts from sending its request. Less than usual, down
 *     to zero, for one that is behind a mode that a drain waits for
 * @param revision what is served
 * @param endedLeases those that were ended by force and have not been released
 * @param leases how many leases are live under it
 */
public record SessionRenewed(
    Session session,
    Duration ttl,
    Revision revision,
    ImmutableList<LeaseId> endedLeases,
    long leases)
    implements KeepAliveOutcome {}
