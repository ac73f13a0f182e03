package io.datastored.lease;

import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;

/**
 * A principal is who a connection has proven to be: the name in a verified client certificate, the
 * user at the other end of a Unix socket, or nobody in particular. Immutable. What was given to one
 * principal is not for another to use.
 *
 * @param text {@code spiffe://…}, {@code dns:…}, {@code cn:…}, {@code uid:…} or {@code anonymous};
 *     never empty, on one line
 */
public record Principal(String text) {

  /** Who has proven nothing. What was given to it is for everybody to use. */
  public static final Principal ANONYMOUS = new Principal("anonymous");

  /** Longer texts end with a hash of the whole, so that no two of them are one. */
  private static final int LONGEST = 255;

  private static final int KEPT = 200;

  public Principal {
    if (text.isEmpty()) {
      throw new IllegalArgumentException("a principal has a text");
    }
  }

  /**
   * The principal of a kind and a name, which may come from a stranger. What is no letter of a line
   * is escaped, and so is the escape itself, so that two names never become one.
   */
  public static Principal named(String kind, String name) {
    String text = kind + escaped(name);
    if (text.length() <= LONGEST) {
      return new Principal(text);
    }
    String hash = Hashing.sha256().hashString(text, StandardCharsets.UTF_8).toString();
    // Escapes are ASCII and what is cut is not read again: only half a pair of surrogates would be.
    int end = Character.isHighSurrogate(text.charAt(KEPT - 1)) ? KEPT - 1 : KEPT;
    return new Principal(text.substring(0, end) + "..." + hash.substring(0, 32));
  }

  private static String escaped(String name) {
    StringBuilder text = new StringBuilder(name.length());
    name.codePoints()
        .forEach(
            point -> {
              if (point == '\\' || point == '"') {
                text.append('\\').append((char) point);
              } else if (isPlain(point)) {
                text.appendCodePoint(point);
              } else {
                text.append("\\u{%x}".formatted(point));
              }
            });
    return text.toString();
  }

  /** Whether it stands on a line for itself: not a control, a format or half a character. */
  private static boolean isPlain(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }

  /** Whether it has proven nothing. */
  public boolean isAnonymous() {
    return text.equals(ANONYMOUS.text);
  }

  /** Whether what was given to this one is for another to use. */
  boolean admits(Principal other) {
    // One object for all calls of a connection, so mostly this is the end of it.
    return this == other || isAnonymous() || equals(other);
  }

  @Override
  public String toString() {
    return text;
  }
}
