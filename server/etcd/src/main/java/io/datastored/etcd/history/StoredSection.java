package io.datastored.etcd.history;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.datastored.config.DatastoreName;
import io.datastored.history.AcceptedDatastore;
import io.datastored.history.DatastoreLines;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A stored section is the value of a datastore's key: what was accepted of it, an empty line, and
 * the slice of the configuration byte for byte. Immutable, provided that the text is not modified.
 *
 * <pre>
 *   rank N
 *   the lines of the datastore, see DatastoreLines
 *
 *   datastore: NAME
 *           path ...
 * </pre>
 *
 * <p>A value that does not begin with a rank was put by hand: all of it is the slice.
 *
 * @param rank its place among the sections; empty: behind all that have one
 * @param accepted the accepted datastore; empty if the section is not served, or if an edit by hand
 *     left it out
 * @param text the slice; empty for a datastore that is served although it has no section
 */
record StoredSection(OptionalLong rank, Optional<AcceptedDatastore> accepted, byte[] text) {

  private static final String RANK = "rank ";

  byte[] write(DatastoreName name) {
    StringBuilder lines = new StringBuilder(256);
    rank.ifPresent(number -> lines.append(RANK).append(number).append('\n'));
    accepted.ifPresent(datastore -> DatastoreLines.write(lines, name, datastore));
    lines.append('\n');
    ByteArrayOutputStream value = new ByteArrayOutputStream(lines.length() + text.length);
    value.writeBytes(lines.toString().getBytes(UTF_8));
    value.writeBytes(text);
    return value.toByteArray();
  }

  /** Reads a value. Lines that are damaged count as left out. */
  static StoredSection read(DatastoreName name, byte[] value) {
    int end = endOfLines(name, value);
    if (end == 0) {
      return new StoredSection(OptionalLong.empty(), Optional.empty(), value);
    }
    int text = end < value.length && value[end] == '\n' ? end + 1 : end;
    String lines = new String(value, 0, end, UTF_8);
    return new StoredSection(
        rankIn(lines), acceptedIn(name, lines), Arrays.copyOfRange(value, text, value.length));
  }

  /**
   * The index behind the lines; 0 if there are none. They end with an empty line, or, if that was
   * deleted by hand, before the header of a section.
   */
  private static int endOfLines(DatastoreName name, byte[] value) {
    if (!new String(value, 0, Math.min(value.length, RANK.length()), UTF_8).equals(RANK)) {
      return 0;
    }
    for (int start = 0; start < value.length; ) {
      int end = start;
      while (end < value.length && value[end] != '\n') {
        end++;
      }
      if (end == start || isHeader(value, start, end)) {
        return start;
      }
      start = end + 1;
    }
    boolean linesOnly = acceptedIn(name, new String(value, UTF_8)).isPresent();
    return linesOnly ? value.length : 0;
  }

  /** Whether the first word of a line ends with a colon. */
  private static boolean isHeader(byte[] value, int start, int end) {
    for (int i = start; i < end && value[i] != ' ' && value[i] != '\t'; i++) {
      if (value[i] == ':') {
        return true;
      }
    }
    return false;
  }

  private static OptionalLong rankIn(String lines) {
    try {
      int end = lines.indexOf('\n');
      return OptionalLong.of(
          Long.parseLong(lines.substring(RANK.length(), end < 0 ? lines.length() : end)));
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
    }
  }

  private static Optional<AcceptedDatastore> acceptedIn(DatastoreName name, String lines) {
    try {
      return DatastoreLines.read(name, lines);
    } catch (RuntimeException e) {
      return Optional.empty();
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof StoredSection section
        && rank.equals(section.rank)
        && accepted.equals(section.accepted)
        && Arrays.equals(text, section.text);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(text);
  }

  @Override
  public String toString() {
    return "rank " + rank + ", " + accepted + ", " + text.length + " bytes";
  }
}
