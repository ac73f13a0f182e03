package io.datastored.config.document;

import io.datastored.config.Blank;
import io.datastored.config.HeaderLine;

/**
 * A section text is the lines of a section, with the rules that all its parsers share. Immutable.
 */
final class SectionText {

  private SectionText() {}

  /** The index of the line feed that ends the line at an index, or the end of the text. */
  static int lineEnd(String text, int at) {
    int end = text.indexOf('\n', at);
    return end < 0 ? text.length() : end;
  }

  /**
   * The end of a line's content: carriage returns before its line feed, and before the end of the
   * text, are insignificant.
   */
  static int contentEnd(String text, int start, int lineEnd) {
    int end = lineEnd;
    while (end > start && text.charAt(end - 1) == '\r') {
      end--;
    }
    return end;
  }

  /** The number of line feeds between two indexes, plus one. */
  static int countLines(String text, int start, int end) {
    int lines = 1;
    for (int at = text.indexOf('\n', start); at >= 0 && at < end; at = text.indexOf('\n', at + 1)) {
      lines++;
    }
    return lines;
  }

  /**
   * The start of the line that continues a section although an empty line at this index ended it:
   * the next line with content, if it is indented. Negative if there is none.
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

  /** Whether a section whose text ends at this index is complete there, whatever precedes it. */
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
   * The line, from 0, of a property in a section; 0, the header, if it is absent.
   *
   * @param property a key, optionally with an inner key after a dot
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
