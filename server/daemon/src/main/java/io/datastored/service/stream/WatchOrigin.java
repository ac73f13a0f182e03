package io.datastored.service.stream;

import io.datastored.lease.SessionId;
import io.datastored.service.wire.Caller;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Optional;

/**
 * A watch origin is who opened a stream and how quiet it may be. Immutable.
 *
 * @param caller who it is by its connection
 * @param session the session that the stream feeds
 * @param bookmarkInterval how long it stays quiet at most
 */
public record WatchOrigin(Caller caller, Optional<SessionId> session, Duration bookmarkInterval) {

  /** The address that the server saw. */
  public Optional<SocketAddress> peer() {
    return caller.peer();
  }

  /** The number of its connection. */
  long connection() {
    return caller.connection();
  }
}
