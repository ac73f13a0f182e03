package io.datastored.lease;

import io.datastored.access.Principal;
import java.net.SocketAddress;
import java.util.Optional;

/**
 * A holder is the client that holds a lease or session, as shown to operators. Immutable.
 *
 * @param client program name as reported by the client; empty if it reported none, as for the next
 *     fields
 * @param host its host name
 * @param pid its process id on that host; 0 if it reported none
 * @param version version of the program
 * @param principal the authenticated identity of its connection
 * @param peer the address that the server saw; kept as an object, because formatting it costs more
 *     than a grant and it is rarely read
 */
public record Holder(
    String client,
    String host,
    long pid,
    String version,
    Principal principal,
    Optional<SocketAddress> peer) {

  /** An anonymous holder of which nothing is known. */
  public static final Holder UNKNOWN = at(Principal.ANONYMOUS, Optional.empty());

  /** The longest name of a program, host or version, in characters. */
  public static final int MAX_LENGTH = 255;

  public Holder {
    if (client.length() > MAX_LENGTH
        || host.length() > MAX_LENGTH
        || version.length() > MAX_LENGTH) {
      throw new IllegalArgumentException("a holder's names have at most 255 characters");
    }
    if (pid < 0) {
      throw new IllegalArgumentException("a process id is not negative");
    }
  }

  /** A holder of which only the connection is known. */
  public static Holder at(Principal principal, Optional<SocketAddress> peer) {
    return new Holder("", "", 0, "", principal, peer);
  }
}
