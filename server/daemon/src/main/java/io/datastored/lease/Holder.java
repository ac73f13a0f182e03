package io.datastored.lease;

import java.net.SocketAddress;
import java.util.Optional;

/**
 * A holder is who holds a lease or session, for operators who wait for it. Immutable.
 *
 * @param client name of the program as it tells it; empty when it told none, like the next ones
 * @param host name of its host
 * @param pid its process id there; 0 when it told none
 * @param version version of the program
 * @param principal who its connection has proven to be
 * @param peer the address that the server saw; kept as it is, because a text of it costs more than
 *     a grant and is rarely read
 */
public record Holder(
    String client,
    String host,
    long pid,
    String version,
    Principal principal,
    Optional<SocketAddress> peer) {

  /** Nobody in particular. */
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

  /** Of whom only the connection is known. */
  public static Holder at(Principal principal, Optional<SocketAddress> peer) {
    return new Holder("", "", 0, "", principal, peer);
  }
}
