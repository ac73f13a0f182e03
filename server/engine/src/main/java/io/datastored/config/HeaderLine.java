package io.datastored.config;

import java.util.Optional;

/**
 * A header line is the first line of a section, {@code type: id}. Immutable.
 *
 * @param type the text before the first colon
 * @param id the text after it
 */
public record HeaderLine(String type, String id) {

  private static final String DATASTORE = "datastore";

  /**
   * Whether the line between start and end begins with {@code datastore:}, indented or not. Such a
   * line always starts a section, so that a missing empty line does not lose the next section.
   */
  public static boolean isDatastore(String text, int start, int end) {
    int at = Blank.skip(text, start, end);
    if (!text.startsWith(DATASTORE, at)) {
      return false;
    }
    at = Blank.skip(text, at + DATASTORE.length(), end);
    return at < end && text.charAt(at) == ':';
  }

  /** The header, of any type, in this line, or empty if it is not a header. */
  public static Optional<HeaderLine> parse(String text, int start, int end) {
    int first = Blank.skip(text, start, end);
    int colon = text.indexOf(':', first);
    if (first == end || !Character.isLetter(text.charAt(first)) || colon < 0 || colon >= end) {
      return Optional.empty();
    }
    int id = Blank.skip(text, colon + 1, end);
    return Optional.of(
        new HeaderLine(
            type(text, first, Blank.trimEnd(text, first, colon)),
            text.substring(id, Blank.trimEnd(text, id, end))));
  }

  private static String type(String text, int start, int end) {
    return end - start == DATASTORE.length() && text.startsWith(DATASTORE, start)
        ? DATASTORE
        : text.substring(start, end);
  }

  public static String print(DatastoreName name) {
    return DATASTORE + ": " + name;
  }

  public boolean isDatastore() {
    return type.equals(DATASTORE);
  }
}
