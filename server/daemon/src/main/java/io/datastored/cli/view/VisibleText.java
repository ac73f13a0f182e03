package io.datastored.cli.view;

import io.datastored.access.Principal;
import java.util.stream.Collectors;

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
    if (text.codePoints().allMatch(point -> point == kept || Principal.isPlain(point))) {
      return text;
    }
    var visible = new StringBuilder(text.length() + 16);
    text.codePoints()
        .forEach(
            point ->
                visible.append(
                    point == kept || Principal.isPlain(point)
                        ? Character.toString(point)
                        : escape(point)));
    return visible.toString();
  }

  private static String escape(int point) {
    return switch (point) {
      case '\n' -> "\\n";
      case '\t' -> "\\t";
      case '\r' -> "\\r";
      default ->
          Character.toString(point)
              .chars()
              .mapToObj("\\u%04x"::formatted)
              .collect(Collectors.joining());
    };
  }
}
