package io.datastored.config;

/**
 * The id syntax is a word that starts with {@code [A-Za-z0-9_]} and continues with {@code
 * [A-Za-z0-9._-]}. Immutable.
 */
public final class IdSyntax {

  private IdSyntax() {}

  public static boolean matches(String text) {
    return matches(text, 0, text.length());
  }

  public static boolean matches(String text, int start, int end) {
    if (start >= end || !isFirst(text.charAt(start))) {
      return false;
    }
    for (int i = start + 1; i < end; i++) {
      char c = text.charAt(i);
      if (!isFirst(c) && c != '.' && c != '-') {
        return false;
      }
    }
    return true;
  }

  private static boolean isFirst(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  }
}
