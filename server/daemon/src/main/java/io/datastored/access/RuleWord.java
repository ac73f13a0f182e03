package io.datastored.access;

import java.util.ArrayList;
import java.util.List;

/**
 * A rule word is a word in a line of rules. Immutable. Spaces separate words, except in quotes.
 *
 * @param text with its quotes
 * @param column where it begins, from 1
 */
record RuleWord(String text, int column) {

  private static final String SPACES = " \t\u000B\f";

  /**
   * The words of a line.
   *
   * @param most after so many the rest of the line is not read
   */
  static List<RuleWord> of(String line, int most) {
    List<RuleWord> words = new ArrayList<>();
    int at = 0;
    while (words.size() < most) {
      while (at < line.length() && isSpace(line.charAt(at))) {
        at++;
      }
      if (at == line.length()) {
        break;
      }
      int end = end(line, at);
      words.add(new RuleWord(line.substring(at, end), at + 1));
      at = end;
    }
    return words;
  }

  private static int end(String line, int start) {
    boolean quoted = false;
    for (int at = start; at < line.length(); at++) {
      char c = line.charAt(at);
      if (c == '"' && (quoted || at == start)) {
        quoted = !quoted;
      } else if (c == '\\' && quoted) {
        at++;
      } else if (!quoted && isSpace(c)) {
        return at;
      }
    }
    return line.length();
  }

  private static boolean isSpace(char c) {
    return SPACES.indexOf(c) >= 0;
  }

  /** Whether it has no quotes, or ends with the one that closes them. */
  boolean isClosed() {
    if (!text.startsWith("\"")) {
      return true;
    }
    int at = 1;
    while (at < text.length() && text.charAt(at) != '"') {
      at += text.charAt(at) == '\\' ? 2 : 1;
    }
    return at == text.length() - 1;
  }

  /** The text without its quotes; what is escaped in it stays so, as in the names of principals. */
  String unquoted() {
    return text.startsWith("\"") ? text.substring(1, text.length() - 1) : text;
  }
}
