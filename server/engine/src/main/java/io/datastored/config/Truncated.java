package io.datastored.config;

/**
 * A truncated text is the part of an external text that can be shown in a message: short and
 * printable. Immutable.
 */
public final class Truncated {

  private static final int MAX_LENGTH = 60;

  private Truncated() {}

  public static String of(String text) {
    StringBuilder out = new StringBuilder(Math.min(text.length(), MAX_LENGTH) + 1);
    for (int i = 0; i < text.length(); i++) {
      if (i == MAX_LENGTH) {
        return out.append('…').toString();
      }
      char c = text.charAt(i);
      out.append(TextRule.isUnprintable(c) || Character.isSurrogate(c) ? '\uFFFD' : c);
    }
    return out.toString();
  }
}
