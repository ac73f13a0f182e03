package io.datastored.client;

import io.datastored.v1.Revision;
import java.time.Duration;

/**
 * A session opened is the event that the server has opened a session for this client. Immutable.
 *
 * @param server address of the server, which is one of the targets of the options
 * @param sessionId id of the session
 * @param opening number of this opening, counted from 1 for each client
 * @param continued whether the previous session was reopened under its id, so that its leases can
 *     continue
 * @param ttl granted time to live, which the client counts from sending the request
 * @param revision revision of the server at that moment; nothing is answered from memory before it
 *     is applied
 */
public record SessionOpened(
    String server,
    String sessionId,
    int opening,
    boolean continued,
    Duration ttl,
    Revision revision) {}
