package io.datastored.config;

import java.util.Optional;

/** A text rule says which texts a line of the file can carry and give back unchanged. Immutable. */
final class TextRule {

  private TextRule() {}

  /** Returns why a text is refused, as the end of a sentence that starts with the property. */
  static Optional<String> fault(String text, int maxCharacters) {
    int length = text.length();
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (c < ' ' || c == 0x7F) {
        return Optional.of("contains a control character");
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
   * As {@link #fault}, for a text that stands alone behind its key, where blanks around it are
   * lost.
   */
  static Optional<String> valueFault(String text, int maxCharacters) {
    int length = text.length();
    if (length > 0 && (Blank.is(text.charAt(0)) || Blank.is(text.charAt(length - 1)))) {
      return Optional.of("starts or ends with a blank, which the file cannot keep");
    }
    return fault(text, maxCharacters);
  }

  private static boolean isLone(String text, int at) {
    return !Character.isHighSurrogate(text.charAt(at))
        || at + 1 == text.length()
        || !Character.isLowSurrogate(text.charAt(at + 1));
  }
}
