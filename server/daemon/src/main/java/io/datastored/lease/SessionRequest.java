package io.datastored.lease;

import java.time.Duration;
import java.util.Optional;

/**
 * A session request is who wants to be known to be alive. Immutable.
 *
 * @param id chosen by the client; empty: the server chooses one
 * @param holder who the client is
 * @param ttl the ttl it wishes, brought into the server's bounds; empty: the default
 * @param caches whether drains are to wait for what it has applied
 */
public record SessionRequest(
    Optional<SessionId> id, Holder holder, Optional<Duration> ttl, boolean caches) {}
