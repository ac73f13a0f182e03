package io.datastored.config.document;

import com.google.common.collect.ImmutableList;
import io.datastored.config.Blank;
import io.datastored.config.DatastoreName;
import io.datastored.config.DatastoreSettings;
import io.datastored.config.MaintenanceSetting;
import java.util.Optional;

/**
 * A document editor produces the next text of a document, changing only the necessary lines.
 * Immutable.
 */
final class DocumentEditor {

  private final String text;
  private final ImmutableList<SourceSpan> places;

  DocumentEditor(String text, ImmutableList<SourceSpan> places) {
    this.text = text;
    this.places = places;
  }

  String put(DatastoreName name, DatastoreSettings settings, MaintenanceSetting maintenance) {
    Optional<SourceSpan> place = placeOf(name);
    return place.isPresent()
        ? replace(place.get(), settings, maintenance)
        : append(SectionEditor.ofNew(name, lineFeed()).rewrite(settings, maintenance));
  }

  /**
   * The position of the section to edit: a good one is preferred to a faulty repetition; a faulty
   * one is replaced.
   */
  private Optional<SourceSpan> placeOf(DatastoreName name) {
    Optional<SourceSpan> faulty = Optional.empty();
    for (SourceSpan place : places) {
      if (place.name().equals(name)) {
        if (place.good()) {
          return Optional.of(place);
        }
        faulty = faulty.isPresent() ? faulty : Optional.of(place);
      }
    }
    return faulty;
  }

  private String replace(
      SourceSpan place, DatastoreSettings settings, MaintenanceSetting maintenance) {
    String before = text.substring(0, place.start());
    // If the last line of the file has no line feed and is no longer the last one, it gets one.
    String cut =
        place.end() == text.length() && !text.endsWith("\r")
            ? lineFeed().substring(0, lineFeed().length() - 1)
            : "";
    String edited =
        new SectionEditor(text.substring(place.start(), place.end()) + cut, place.name())
            .rewrite(settings, maintenance);
    String next = edited.substring(0, edited.length() - cut.length());
    String after = text.substring(place.end());
    String empty = next.endsWith("\r") ? "\n\r" : "\n";
    return before + next + (isParted(after) ? after : empty + after);
  }

  /** The line ending of the first line, or a line feed if there is none. */
  private String lineFeed() {
    int end = text.indexOf('\n');
    return end > 0 && text.charAt(end - 1) == '\r' ? "\r\n" : "\n";
  }

  /** Whether the text after a section is empty or starts with an empty line. */
  private static boolean isParted(String after) {
    int line = Math.min(1, after.length());
    int end = SectionText.lineEnd(after, line);
    return Blank.skip(after, line, end) == end;
  }

  private String append(String section) {
    String lineFeed = lineFeed();
    // A last line without an end gets a line feed only: a carriage return would become a part of
    // its section.
    String before = text.isEmpty() || text.endsWith("\n") ? text : text + '\n';
    int lastLine = before.lastIndexOf('\n', before.length() - 2) + 1;
    boolean parted = Blank.skip(before, lastLine, before.length()) == before.length();
    return before + (parted ? "" : lineFeed) + section + '\n';
  }

  String remove(DatastoreName name) {
    StringBuilder next = new StringBuilder(text.length());
    int from = 0;
    for (SourceSpan place : places) {
      if (place.name().equals(name)) {
        next.append(text.substring(from, place.start()));
        from = Math.min(place.end() + 1, text.length());
        if (endsParted(next)) {
          from = behindEmptyLine(from);
        }
      }
    }
    next.append(text.substring(from));
    if (from > 0 && from == text.length()) {
      dropLastEmptyLine(next);
    }
    return next.toString();
  }

  /** Whether the text is empty or ends with an empty line. */
  private static boolean endsParted(StringBuilder before) {
    int end = before.length() - 1;
    for (int i = end - 1; i >= 0 && before.charAt(i) != '\n'; i--) {
      if (!Blank.is(before.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  private int behindEmptyLine(int at) {
    int end = SectionText.lineEnd(text, at);
    return Blank.skip(text, at, end) == end ? Math.min(end + 1, text.length()) : at;
  }

  private static void dropLastEmptyLine(StringBuilder lines) {
    String end = lines.substring(Math.max(0, lines.length() - 3));
    if (end.endsWith("\n\n")) {
      lines.setLength(lines.length() - 1);
    } else if (end.equals("\n\r\n")) {
      lines.setLength(lines.length() - 2);
    }
  }
}
