package io.datastored.config.document;

import io.datastored.config.Blank;
import io.datastored.config.HeaderLine;

/**
 * A section text is the lines of a section; here is what all who walk along them share. Immutable.
 */
final class SectionText {

  private SectionText() {}

  /** Returns the place of the line feed that ends the line at a place, or the end of the text. */
  static int lineEnd(String text, int at) {
    int end = text.indexOf('\n', at);
    return end < 0 ? text.length() : end;
  }

  /**
   * Returns the end of what a line says: carriage returns before its line feed, and before the end
   * of the text, say nothing.
   */
  static int contentEnd(String text, int start, int lineEnd) {
    int end = lineEnd;
    while (end > start && text.charAt(end - 1) == '\r') {
      end--;
    }
    return end;
  }

  /** Returns how many line feeds stand between two places, plus one. */
  static int countLines(String text, int start, int end) {
    int lines = 1;
    for (int at = text.indexOf('\n', start); at >= 0 && at < end; at = text.indexOf('\n', at + 1)) {
      lines++;
    }
    return lines;
  }

  /**
   * Returns the start of the line that goes on with a section though an empty line at the place
   * given ended it: the next line that says something, if it is indented. Less than 0: there is
   * none.
   */
  static int orphanBehind(String text, int at) {
    int start = at;
    while (start < text.length()) {
      int end = lineEnd(text, start);
      int first = Blank.skip(text, start, end);
      if (first < end && text.charAt(first) != '#') {
        boolean orphan = first > start && !HeaderLine.isDatastore(text, start, end);
        return orphan ? start : -1;
      }
      start = end + 1;
    }
    return -1;
  }

  /**
   * Tells whether a section whose text ends at a place is over there, whatever the text was before.
   */
  static boolean isOverAt(String text, int end) {
    if (end >= text.length()) {
      return true;
    }
    if (text.charAt(end) != '\n') {
      return false;
    }
    if (end + 1 == text.length()) {
      return true;
    }
    int next = end + 1;
    int nextEnd = lineEnd(text, next);
    return Blank.skip(text, next, nextEnd) == nextEnd && orphanBehind(text, next) < 0;
  }

  /**
   * Returns the line, from 0, on which a section has a property; 0, the header, when it has it not.
   *
   * @param property a key, perhaps with an inner key after a dot
   */
  static int lineOf(String section, String property) {
    int exact = find(section, property);
    int dot = property.indexOf('.');
    return exact > 0 || dot < 0 ? exact : find(section, property.substring(0, dot));
  }

  private static int find(String section, String key) {
    int line = 0;
    for (int at = lineEnd(section, 0) + 1; at < section.length(); at = lineEnd(section, at) + 1) {
      line++;
      int end = lineEnd(section, at);
      int first = Blank.skip(section, at, end);
      if (section.startsWith(key, first)
          && first + key.length() == Blank.next(section, first, end)) {
        return line;
      }
    }
    return 0;
  }
}
