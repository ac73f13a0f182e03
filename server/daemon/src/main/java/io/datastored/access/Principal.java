package io.datastored.access;

import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;

/**
 * A principal is the authenticated identity of a connection: the name in a verified client
 * certificate, the user at the other end of a Unix socket, or anonymous. Immutable. No principal
 * may use what was given to another one.
 *
 * @param text {@code spiffe://…}, {@code dns:…}, {@code cn:…}, {@code uid:…} or {@code anonymous};
 *     never empty, on one line
 */
public record Principal(String text) {

  /** An unauthenticated client. Every client may use what was given to it. */
  public static final Principal ANONYMOUS = new Principal("anonymous");

  /** Longer texts end with a hash of the whole, so that they stay distinct. */
  private static final int LONGEST = 255;

  private static final int KEPT = 200;

  public Principal {
    if (text.isEmpty()) {
      throw new IllegalArgumentException("a principal has a text");
    }
  }

  /**
   * The principal of a kind and a name, which may be untrusted. Characters that do not belong on a
   * line are escaped, and so is the escape itself, so that two names stay distinct.
   */
  public static Principal named(String kind, String name) {
    String text = kind + escaped(name);
    if (text.length() <= LONGEST) {
      return new Principal(text);
    }
    String hash = Hashing.sha256().hashString(text, StandardCharsets.UTF_8).toString();
    // Escapes are ASCII and the cut text is not parsed, so only a surrogate pair could be split.
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
              } else if (isPlain(point) && Character.isDefined(point)) {
                text.appendCodePoint(point);
              } else {
                text.append("\\u{%x}".formatted(point));
              }
            });
    return text.toString();
  }

  /** Whether a character is displayed as it is: none that controls, formats or separates. */
  public static boolean isPlain(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }

  /** Whether it is unauthenticated. */
  public boolean isAnonymous() {
    return text.equals(ANONYMOUS.text);
  }

  /** Whether another principal may use what was given to this one. */
  public boolean admits(Principal other) {
    // All calls of a connection share one object, so the first test mostly decides.
    return this == other || isAnonymous() || equals(other);
  }

  @Override
  public String toString() {
    return text;
  }
}
