package io.datastored.daemon;

import com.google.common.net.HostAndPort;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;

/**
 * A listen address is where a server accepts connections: {@code host:port}, {@code [::1]:port}, or
 * {@code unix:///path}. Immutable.
 */
public sealed interface ListenAddress {

  /** Whether only processes of this host can connect. */
  boolean local();

  /**
   * Parses an address as written in an option. A host name is resolved once, here, so that the
   * address that was judged local is the one that is bound.
   *
   * @throws IllegalArgumentException with one sentence for the operator
   */
  static ListenAddress parse(String text) {
    if (text.startsWith("unix:")) {
      String path = text.substring("unix:".length());
      if (path.startsWith("///")) {
        path = path.substring(2);
      }
      if (!path.startsWith("/") || path.startsWith("//")) {
        throw new IllegalArgumentException("a socket is written unix:///path, not " + text);
      }
      return new Unix(Path.of(path));
    }
    try {
      HostAndPort parsed = HostAndPort.fromString(text).requireBracketsForIPv6();
      if (!parsed.hasPort() || parsed.getHost().isEmpty()) {
        throw new IllegalArgumentException(
            "a listen address is host:port or unix:///path, not " + text);
      }
      return new Tcp(
          new InetSocketAddress(InetAddress.getByName(parsed.getHost()), parsed.getPort()));
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("no such host: " + text, e);
    }
  }

  /** A TCP address; port 0 lets the system choose one. Immutable. */
  record Tcp(InetSocketAddress address) implements ListenAddress {
    @Override
    public boolean local() {
      return address.getAddress().isLoopbackAddress();
    }

    @Override
    public String toString() {
      return HostAndPort.fromParts(address.getAddress().getHostAddress(), address.getPort())
          .toString();
    }
  }

  /** A Unix domain socket. Immutable. */
  record Unix(Path path) implements ListenAddress {
    @Override
    public boolean local() {
      return true;
    }

    @Override
    public String toString() {
      return "unix://" + path;
    }
  }
}
