package io.datastored.client;

import io.datastored.v1.Revision;
import java.util.Optional;

/**
 * Client stats are a client's numbers at one moment. Immutable. Counts are since {@code create}.
 *
 * @param state the state
 * @param sessionId the session, when there is one
 * @param applied what is applied
 * @param datastores datastores in memory
 * @param leases leases held at the server
 * @param handles handles of READ and WRITE that are open
 * @param releasing leases that are being given back
 * @param localHits lookups granted from memory
 * @param localRefusals lookups refused from memory
 * @param serverCalls calls sent to the server, of all kinds but the watch
 * @param watchesOpened watch streams opened
 * @param sessionsOpened openings of a session, those under an old id included
 * @param snapshots snapshots applied
 * @param frames frames applied, snapshots included
 * @param framesDropped frames older than what was applied
 * @param generations sum over all changes of how many generations each stands for
 * @param reclaimed leases that the server continued after a restart
 * @param leasesLost leases lost
 * @param strays leases given back that nobody here knew
 * @param listenerErrors exceptions of listeners
 * @param callbacksWaiting callbacks that are to be called yet
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
