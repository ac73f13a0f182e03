package io.datastored.lease;

import java.net.SocketAddress;
import java.util.Optional;

/**
 * A holder is who holds a lease and what for, told to operators who wait for it. Immutable.
 *
 * @param peer the address that the server saw; kept as it is, because a text of it costs more than
 *     the grant and is rarely read
 * @param purpose the client's words, at most 64 characters; empty when it told none
 */
public record Holder(Optional<SocketAddress> peer, String purpose) {

  /** Nobody in particular. */
  public static final Holder UNKNOWN = new Holder(Optional.empty(), "");

  /** The longest purpose, in characters. */
  public static final int MAX_PURPOSE = 64;

  public Holder {
    if (!isValidPurpose(purpose)) {
      throw new IllegalArgumentException("a purpose has at most 64 characters");
    }
  }

  /** Whether a text can be a purpose. */
  public static boolean isValidPurpose(String text) {
    return text.length() <= MAX_PURPOSE || text.codePointCount(0, text.length()) <= MAX_PURPOSE;
  }
}
