package io.datastored.service.stream;

import io.datastored.lease.SessionId;
import io.datastored.service.wire.Caller;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Optional;

/**
 * A watch origin is the caller that opened a stream and the longest silence it accepts. Immutable.
 *
 * @param caller the caller, as identified by its connection
 * @param session the session that the stream feeds
 * @param bookmarkInterval the longest time without a message
 */
public record WatchOrigin(Caller caller, Optional<SessionId> session, Duration bookmarkInterval) {

  /** The peer address that the server saw. */
  public Optional<SocketAddress> peer() {
    return caller.peer();
  }

  /**
   * The bytes of its stream that are on the way: none yet.
   *
   * @param granted called when there is room for what was refused; never blocks
   */
  BytesOnTheWay.Share share(Runnable granted) {
    return new BytesOnTheWay.Share(caller.subject(), connection(), granted);
  }

  /** The number of its connection. */
  long connection() {
    return caller.connection();
  }
}
