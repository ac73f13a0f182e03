package io.datastored.client;

import io.datastored.v1.Revision;
import java.util.Optional;

/**
 * Client stats are a client's gauges and counters at one moment. Immutable. Counters start at 0
 * with {@code create}.
 *
 * @param state current state
 * @param sessionId id of the session; empty if there is none
 * @param applied revision that is applied; empty before the first frame
 * @param datastores number of datastores in memory
 * @param leases leases held at the server
 * @param handles open handles of READ and WRITE
 * @param releasing leases that are being released
 * @param localHits lookups granted from memory
 * @param localRefusals lookups refused from memory
 * @param serverCalls unary calls made to the server, of all methods
 * @param watchesOpened watch streams opened
 * @param sessionsOpened openings of a session, including those that reopened one under its id
 * @param snapshots snapshots applied
 * @param frames frames applied, including snapshots
 * @param framesDropped frames dropped because a revision at least as new was already applied
 * @param generations generations covered by all applied changes
 * @param reclaimed leases that the server continued after the session was reopened
 * @param leasesLost leases lost
 * @param strays leases that the server counted, this client did not know, and were released
 * @param listenerErrors exceptions thrown by listeners and other callbacks
 * @param callbacksWaiting callbacks that are queued or running
 */
public record ClientStats(
    ClientState state,
    Optional<String> sessionId,
    Optional<Revision> applied,
    int datastores,
    int leases,
    long handles,
    int releasing,
    long localHits,
    long localRefusals,
    long serverCalls,
    long watchesOpened,
    long sessionsOpened,
    long snapshots,
    long frames,
    long framesDropped,
    long generations,
    long reclaimed,
    long leasesLost,
    long strays,
    long listenerErrors,
    int callbacksWaiting) {}
