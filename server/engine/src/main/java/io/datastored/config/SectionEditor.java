package io.datastored.config;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A section editor makes the next text of one section. Confined to one thread.
 *
 * <p>Comments stay where they are, properties that keep their value keep their text, and what
 * cannot be understood goes.
 */
final class SectionEditor {

  private static final String INDENT = "\t";

  /**
   * A line of the next text.
   *
   * @param key empty for a comment
   */
  private record Line(String key, String text) {}

  private final String section;
  private final DatastoreName name;
  private final List<Line> lines = new ArrayList<>();

  SectionEditor(String section, DatastoreName name) {
    this.section = section;
    this.name = name;
  }

  /** Returns the lines of the section, without the last line feed. */
  String rewrite(DatastoreSettings settings, MaintenanceSetting maintenance) {
    ImmutableSortedMap<String, String> wanted = CanonicalProperties.of(settings, maintenance);
    Map<String, String> missing = new TreeMap<>(wanted);
    for (String line : oldLines()) {
      keep(line, wanted, missing);
    }
    missing.forEach(this::insert);
    StringBuilder next = new StringBuilder(section.length() + 64);
    next.append(header());
    for (Line line : lines) {
      next.append('\n').append(line.text());
    }
    return next.toString();
  }

  private String header() {
    String line = section.substring(0, SectionText.lineEnd(section, 0));
    boolean right = HeaderLine.isDatastore(line, 0, line.length()) && !Blank.is(line.charAt(0));
    return right ? line : HeaderLine.print(name);
  }

  private ImmutableList<String> oldLines() {
    ImmutableList.Builder<String> old = ImmutableList.builder();
    for (int at = SectionText.lineEnd(section, 0) + 1; at < section.length(); ) {
      int end = SectionText.lineEnd(section, at);
      old.add(section.substring(at, end));
      at = end + 1;
    }
    return old.build();
  }

  private void keep(
      String line, ImmutableSortedMap<String, String> wanted, Map<String, String> missing) {
    int first = Blank.skip(line, 0, line.length());
    if (first == line.length()) {
      return;
    }
    if (line.charAt(first) == '#') {
      lines.add(new Line("", line));
      return;
    }
    int keyEnd = Blank.next(line, first, line.length());
    String key = line.substring(first, keyEnd);
    if (key.equals(Property.NAME.key()) && first > 0 && keyEnd < line.length()) {
      if (lines.stream().noneMatch(other -> other.key().equals(key))) {
        lines.add(new Line(key, line));
      }
      return;
    }
    String value = missing.remove(key);
    if (value != null) {
      boolean readable = first > 0 && keyEnd < line.length();
      boolean same = readable && value.equals(canonical(key, line.substring(keyEnd)));
      lines.add(new Line(key, same ? line : print(key, value)));
    }
  }

  /** Returns the canonical form of a value as it stands in a line, with blanks around it. */
  private static String canonical(String key, String words) {
    int start = Blank.skip(words, 0, words.length());
    return Property.canonical(
        key, words.substring(start, Blank.trimEnd(words, start, words.length())));
  }

  /** Puts a property behind the last one that is before it in the alphabet, or first. */
  private void insert(String key, String value) {
    int at = 0;
    for (int i = 0; i < lines.size(); i++) {
      String other = lines.get(i).key();
      if (!other.isEmpty() && other.compareTo(key) < 0) {
        at = i + 1;
      }
    }
    lines.add(at, new Line(key, print(key, value)));
  }

  private static String print(String key, String value) {
    return INDENT + key + ' ' + value;
  }
}
