package io.datastored.transport;

import java.time.Duration;

/**
 * Connection limits bound what connections may cost before and beside their calls. Immutable.
 *
 * @param connections at a time over TCP; Unix sockets have as many of their own
 * @param perAddress of one other host (for IPv6: of one /64 network); this host may use them all
 * @param handshake from the connection to the first frame of HTTP/2, with TLS in between
 * @param patience how long a connection may want to send faster than its rates allow before it is
 *     closed; it is slowed down to them at once
 * @param control frames of one connection that bring no call forward: SETTINGS, PING, PRIORITY,
 *     WINDOW_UPDATE, CONTINUATION, empty DATA and unknown ones. What the server sends adds to it.
 * @param resets calls of one connection that end with a RST_STREAM, whoever sends it
 * @param allResets the same of all connections of a listener together
 */
public record ConnectionLimits(
    int connections,
    int perAddress,
    Duration handshake,
    Duration patience,
    Rate control,
    Rate resets,
    Rate allResets) {

  public ConnectionLimits {
    if (connections < 1 || perAddress < 1) {
      throw new IllegalArgumentException(
          "connections below 1: %d in total, %d of one address".formatted(connections, perAddress));
    }
    if (handshake.isNegative() || handshake.isZero()) {
      throw new IllegalArgumentException("no time for a handshake: " + handshake);
    }
  }

  public static ConnectionLimits defaults() {
    return new ConnectionLimits(
        20_000,
        1_000,
        Duration.ofSeconds(10),
        Duration.ofSeconds(5),
        Rate.of(250, 4),
        Rate.of(1_000, 2),
        ofAll(Rate.of(1_000, 2)));
  }

  /** With fewer connections if the system allows this share of its descriptors only. */
  public ConnectionLimits within(long descriptors) {
    int allowed = (int) Math.max(1, Math.min(connections, descriptors));
    return withConnections(allowed, perAddress);
  }

  /** With other counts of connections. */
  public ConnectionLimits withConnections(int total, int ofOneAddress) {
    return new ConnectionLimits(
        total, ofOneAddress, handshake, patience, control, resets, allResets);
  }

  /** With another time to open a connection. */
  public ConnectionLimits withHandshake(Duration other) {
    return new ConnectionLimits(
        connections, perAddress, other, patience, control, resets, allResets);
  }

  /** With another time that a connection may want too much. */
  public ConnectionLimits withPatience(Duration other) {
    return new ConnectionLimits(
        connections, perAddress, handshake, other, control, resets, allResets);
  }

  /**
   * With other rates of one connection; the one of all resets is half as much again as that of one
   * connection.
   */
  public ConnectionLimits withRates(Rate ofControl, Rate ofResets) {
    return new ConnectionLimits(
        connections, perAddress, handshake, patience, ofControl, ofResets, ofAll(ofResets));
  }

  private static Rate ofAll(Rate ofOne) {
    return new Rate(andHalf(ofOne.perSecond()), andHalf(ofOne.burst()), andHalf(ofOne.initial()));
  }

  private static int andHalf(int of) {
    return Math.addExact(of, of / 2);
  }
}
