package io.datastored.lease;

import java.time.Duration;
import java.util.Optional;

/**
 * A session request is a client's request to be considered alive. Immutable.
 *
 * @param id chosen by the client; empty: the server chooses one
 * @param holder the client
 * @param ttl the requested ttl, clamped to the server's bounds; empty: the default
 * @param caches whether drains must wait for what it has applied
 */
public record SessionRequest(
    Optional<SessionId> id, Holder holder, Optional<Duration> ttl, boolean caches) {}
