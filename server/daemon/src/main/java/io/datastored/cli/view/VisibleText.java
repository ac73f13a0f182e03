package io.datastored.cli.view;

/**
 * Visible text is untrusted text in which every character is escaped that a terminal would execute,
 * that would begin a new line, or that would be invisible. Stateless.
 *
 * <p>Those are the controls (C0, C1, DEL), the format characters (marks of direction, joiners, byte
 * order marks, tags), the separators of lines and paragraphs, and unpaired surrogates.
 */
public final class VisibleText {
  private VisibleText() {}

  /** Escapes as JSON does: {@code \n}, {@code \}{@code u001b}; other characters stay unchanged. */
  public static String of(String text) {
    return escaped(text, -1);
  }

  /** Escapes a text of several lines: line feeds stay. */
  public static String ofLines(String lines) {
    return escaped(lines, '\n');
  }

  private static String escaped(String text, int kept) {
    int at = 0;
    while (at < text.length()) {
      int next = text.codePointAt(at);
      if (next != kept && isHidden(next)) {
        break;
      }
      at += Character.charCount(next);
    }
    if (at == text.length()) {
      return text;
    }
    var visible = new StringBuilder(text.length() + 16).append(text, 0, at);
    while (at < text.length()) {
      int next = text.codePointAt(at);
      if (next == kept || !isHidden(next)) {
        visible.appendCodePoint(next);
      } else if (next == '\n') {
        visible.append("\\n");
      } else if (next == '\t') {
        visible.append("\\t");
      } else if (next == '\r') {
        visible.append("\\r");
      } else {
        for (char half : Character.toChars(next)) {
          visible.append("\\u%04x".formatted((int) half));
        }
      }
      at += Character.charCount(next);
    }
    return visible.toString();
  }

  private static boolean isHidden(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          true;
      default -> false;
    };
  }
}
