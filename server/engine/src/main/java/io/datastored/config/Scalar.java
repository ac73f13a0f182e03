package io.datastored.config;

import com.google.common.base.Ascii;
import java.util.Optional;

/** A scalar is a value without inner structure: a boolean, an integer or a word. Immutable. */
public final class Scalar {

  private Scalar() {}

  /** Reads {@code 1 on yes true} or {@code 0 off no false}, in any case. */
  public static boolean bool(String text) throws ParseError {
    return switch (Ascii.toLowerCase(text)) {
      case "1", "on", "yes", "true" -> true;
      case "0", "off", "no", "false" -> false;
      default -> throw new ParseError(0, "is not a boolean: '" + Truncated.of(text) + "'");
    };
  }

  /** Reads a decimal integer, which must fit an int. */
  static int integer(String text) throws ParseError {
    long value = whole(text);
    if (value != (int) value) {
      throw new ParseError(0, "is out of range: " + Truncated.of(text));
    }
    return (int) value;
  }

  /** Reads a decimal integer, which must fit a long. */
  public static long whole(String text) throws ParseError {
    int start = text.startsWith("-") || text.startsWith("+") ? 1 : 0;
    for (int i = start; i < text.length(); i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        throw new ParseError(i, "is not a decimal integer: '" + Truncated.of(text) + "'");
      }
    }
    if (text.length() == start) {
      throw new ParseError(0, "is not a decimal integer: '" + Truncated.of(text) + "'");
    }
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new ParseError(0, "is out of range: " + Truncated.of(text));
    }
  }

  static <E extends Enum<E>> E word(String text, EnumNames<E> words) throws ParseError {
    return found(text, words).get();
  }

  /** Like {@link #word}; the same object for each word. */
  static <E extends Enum<E>> Optional<E> found(String text, EnumNames<E> words) throws ParseError {
    Optional<E> found = words.find(text);
    if (found.isEmpty()) {
      throw new ParseError(0, "is '" + Truncated.of(text) + "', not one of " + words.words());
    }
    return found;
  }
}
