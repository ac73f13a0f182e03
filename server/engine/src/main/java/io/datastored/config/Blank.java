package io.datastored.config;

/** A blank is a character that separates words in the file: Unicode white space. Immutable. */
public final class Blank {

  private Blank() {}

  public static boolean is(char c) {
    if (c < 0x80) {
      return c == ' ' || (c >= '\t' && c <= '\r');
    }
    return c == 0x85
        || c == 0xA0
        || (c >= 0x1680 && (Character.isSpaceChar(c) || Character.isWhitespace(c)));
  }

  /** The first index from start that is not a blank, or end. */
  public static int skip(String text, int start, int end) {
    int i = start;
    while (i < end && is(text.charAt(i))) {
      i++;
    }
    return i;
  }

  /** The first index from start that is a blank, or end. */
  public static int next(String text, int start, int end) {
    int i = start;
    while (i < end && !is(text.charAt(i))) {
      i++;
    }
    return i;
  }

  /** The end of the text between start and end without trailing blanks. */
  public static int trimEnd(String text, int start, int end) {
    int i = end;
    while (i > start && is(text.charAt(i - 1))) {
      i--;
    }
    return i;
  }
}
