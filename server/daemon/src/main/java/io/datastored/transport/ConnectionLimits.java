package io.datastored.transport;

import com.google.common.math.IntMath;
import java.time.Duration;

/**
 * Connection limits bound what connections may cost before and beside their calls. Immutable; made
 * by a {@link Builder}.
 *
 * @param connections at a time over TCP; Unix sockets have as many of their own
 * @param perAddress of one other host (for IPv6: of one /64 network); this host may use them all
 * @param handshake time from the connection to the first frame of HTTP/2, with TLS in between
 * @param patience how long a connection may exceed its rates before it is closed; it is throttled
 *     to them at once
 * @param control rate of frames of one connection that advance no call: SETTINGS, PING, PRIORITY,
 *     WINDOW_UPDATE, CONTINUATION, empty DATA and unknown ones. What the server sends adds to it.
 * @param resets rate of calls of one connection that end with a RST_STREAM from either side
 */
public record ConnectionLimits(
    int connections,
    int perAddress,
    Duration handshake,
    Duration patience,
    Rate control,
    Rate resets) {

  public ConnectionLimits {
    if (connections < 1 || perAddress < 1) {
      throw new IllegalArgumentException(
          "connections below 1: %d in total, %d of one address".formatted(connections, perAddress));
    }
    if (handshake.isNegative() || handshake.isZero()) {
      throw new IllegalArgumentException("no time for a handshake: " + handshake);
    }
  }

  /** Reduces the connections if only this share of the system's descriptors is available. */
  public ConnectionLimits within(long descriptors) {
    int allowed = (int) Math.max(1, Math.min(connections, descriptors));
    return new ConnectionLimits(allowed, perAddress, handshake, patience, control, resets);
  }

  /**
   * The rate of resets of all connections of a listener together: one and a half times that of one
   * connection.
   */
  Rate allResets() {
    return new Rate(
        andHalf(resets.perSecond()), andHalf(resets.burst()), andHalf(resets.initial()));
  }

  private static int andHalf(int of) {
    return IntMath.saturatedAdd(of, of / 2);
  }

  /** A builder of connection limits; unset limits keep their defaults. Not thread-safe. */
  public static final class Builder {
    public int connections = 20_000;
    public int perAddress = 1_000;
    public Duration handshake = Duration.ofSeconds(10);
    public Duration patience = Duration.ofSeconds(5);
    public Rate control = Rate.of(250, 4);
    public Rate resets = Rate.of(1_000, 2);

    public ConnectionLimits build() {
      return new ConnectionLimits(connections, perAddress, handshake, patience, control, resets);
    }
  }
}
