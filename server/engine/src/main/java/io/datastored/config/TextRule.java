package io.datastored.config;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A text rule determines which texts a line of the file preserves, and which of them are displayed
 * unaltered. Immutable.
 */
public final class TextRule {

  private static final int NEXT_LINE = 0x85;

  private TextRule() {}

  /** Why a text is refused, as the end of a sentence that starts with the property. */
  static Optional<String> fault(String text, int maxCharacters) {
    int length = text.length();
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (c < ' ' || c == 0x7F) {
        return Optional.of("contains " + name(c));
      }
      if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
        if (isLone(text, i)) {
          return Optional.of("is not UTF-8 text");
        }
        i++;
      }
    }
    if (length > maxCharacters && text.codePointCount(0, length) > maxCharacters) {
      return Optional.of(
          "has "
              + text.codePointCount(0, length)
              + " characters; at most "
              + maxCharacters
              + " are allowed");
    }
    return Optional.empty();
  }

  /**
   * Like {@link #fault}, for a text that is the whole value of its key, where blanks around it are
   * lost.
   */
  static Optional<String> valueFault(String text, int maxCharacters) {
    int length = text.length();
    if (length > 0 && (Blank.is(text.charAt(0)) || Blank.is(text.charAt(length - 1)))) {
      return Optional.of("starts or ends with a blank, which the file cannot keep");
    }
    return fault(text, maxCharacters);
  }

  /**
   * The index of the first character that is not displayed unaltered: a control character, a line
   * or paragraph separator, a bidirectional control, or a lone surrogate.
   */
  public static OptionalInt unprintable(String text) {
    int length = text.length();
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (c < ' ' || (c >= 0x7F && (isUnprintable(c) || isHalf(text, i)))) {
        return OptionalInt.of(i);
      }
      if (Character.isHighSurrogate(c)) {
        i++;
      }
    }
    return OptionalInt.empty();
  }

  /**
   * The name of a character in a message, like {@code the control character U+0085 (next line)}.
   */
  public static String name(int codePoint) {
    String kind =
        Character.isISOControl(codePoint)
            ? "control character"
            : Character.getType(codePoint) == Character.FORMAT
                ? "bidirectional control character"
                : Character.getType(codePoint) == Character.SURROGATE
                    ? "half of a character"
                    : "separator";
    String known = codePoint == NEXT_LINE ? " (next line)" : "";
    return String.format(Locale.ROOT, "the %s U+%04X%s", kind, codePoint, known);
  }

  /** Whether a text has no lone surrogate, which represents a byte that is not UTF-8. */
  public static boolean isUtf8(String text) {
    return UTF_8.newEncoder().canEncode(text);
  }

  /** The index of the first control character. */
  public static OptionalInt control(String text) {
    return text.chars().noneMatch(Character::isISOControl)
        ? OptionalInt.empty()
        : OptionalInt.of((int) text.chars().takeWhile(c -> !Character.isISOControl(c)).count());
  }

  /** Whether a character that is not a surrogate is not displayed unaltered. */
  static boolean isUnprintable(char c) {
    return c < ' '
        || (c >= 0x7F && c <= 0x9F)
        || c == 0x061C
        || c == 0x200E
        || c == 0x200F
        || (c >= 0x2028 && c <= 0x202E)
        || (c >= 0x2066 && c <= 0x206F);
  }

  private static boolean isHalf(String text, int at) {
    char c = text.charAt(at);
    return c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE && isLone(text, at);
  }

  private static boolean isLone(String text, int at) {
    return !Character.isHighSurrogate(text.charAt(at))
        || at + 1 == text.length()
        || !Character.isLowSurrogate(text.charAt(at + 1));
  }
}
