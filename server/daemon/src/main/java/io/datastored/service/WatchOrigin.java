package io.datastored.service;

import io.datastored.lease.SessionId;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Optional;

/**
 * A watch origin is who opened a stream and how quiet it may be. Immutable.
 *
 * @param peer the address that the server saw
 * @param session the session that the stream feeds
 * @param bookmarkInterval how long it stays quiet at most
 */
record WatchOrigin(
    Optional<SocketAddress> peer, Optional<SessionId> session, Duration bookmarkInterval) {}
