package io.datastored.admin;

import com.google.common.net.HostAndPort;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/**
 * An admin address is where the admin listener accepts connections. Immutable.
 *
 * @param address resolved; port 0 lets the system choose one
 * @param origin who has chosen it
 */
public record AdminAddress(InetSocketAddress address, Origin origin) {

  /** The address unless the operator gives one. */
  public static final AdminAddress DEFAULT =
      new AdminAddress(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), 7480), Origin.DEFAULT);

  /** Who has chosen an address. */
  public enum Origin {
    /** The operator: a server that cannot listen there does not start. */
    GIVEN,
    /** Nobody: a server that cannot listen there goes on without. */
    DEFAULT
  }

  /**
   * Parses {@code host:port} as an operator gives it.
   *
   * @throws IllegalArgumentException with one sentence for the operator
   */
  public static AdminAddress parse(String text) {
    HostAndPort parsed = HostAndPort.fromString(text).requireBracketsForIPv6();
    if (!parsed.hasPort() || parsed.getHost().isEmpty()) {
      throw new IllegalArgumentException("an admin address is host:port or none, not " + text);
    }
    try {
      return new AdminAddress(
          new InetSocketAddress(InetAddress.getByName(parsed.getHost()), parsed.getPort()),
          Origin.GIVEN);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("no such host: " + text, e);
    }
  }

  @Override
  public String toString() {
    return text(address);
  }

  /** An address as it is written in a URL. */
  static String text(InetSocketAddress address) {
    return HostAndPort.fromParts(address.getAddress().getHostAddress(), address.getPort())
        .toString();
  }
}
