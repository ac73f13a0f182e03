package io.datastored.config.document;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedMap;
import io.datastored.config.Blank;
import io.datastored.config.CanonicalProperties;
import io.datastored.config.DatastoreName;
import io.datastored.config.DatastoreSettings;
import io.datastored.config.HeaderLine;
import io.datastored.config.MaintenanceSetting;
import io.datastored.config.Property;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A section editor produces the next text of one section. Confined to one thread.
 *
 * <p>Comments stay where they are, properties that keep their value keep their text, and lines that
 * cannot be read are removed. A line keeps its ending; a new one gets that of the previous line.
 */
final class SectionEditor {

  private static final String INDENT = "\t";

  /**
   * A line of the next text.
   *
   * @param key empty for a comment
   * @param ending insignificant characters before the line feed
   */
  record Line(String key, String text, String ending) {

    static Line of(String key, String raw) {
      int end = SectionText.contentEnd(raw, 0, raw.length());
      return new Line(key, raw.substring(0, end), raw.substring(end));
    }
  }

  private final String section;
  private final DatastoreName name;
  private final Line header;
  private final List<Line> lines = new ArrayList<>();
  private boolean named;

  /** Creates an editor for the lines of a section. */
  SectionEditor(String section, DatastoreName name) {
    this.section = section;
    this.name = name;
    this.header = header();
  }

  private SectionEditor(DatastoreName name, String ending) {
    this.section = "";
    this.name = name;
    this.header = new Line("", HeaderLine.print(name), ending);
  }

  /**
   * An editor for a new section.
   *
   * @param lineFeed the line ending of its file
   */
  static SectionEditor ofNew(DatastoreName name, String lineFeed) {
    return new SectionEditor(name, lineFeed.substring(0, lineFeed.length() - 1));
  }

  /** The lines of the section, without the last line feed. */
  String rewrite(DatastoreSettings settings, MaintenanceSetting maintenance) {
    ImmutableSortedMap<String, String> wanted = CanonicalProperties.of(settings, maintenance);
    SortedMap<String, String> missing = new TreeMap<>(wanted);
    ImmutableList<String> old = oldLines();
    for (String line : old) {
      keep(line, wanted, missing);
    }
    Line last = old.isEmpty() ? header : Line.of("", old.get(old.size() - 1));
    return print(merged(header, lines, missing), last.ending());
  }

  private String print(List<Line> all, String lastEnding) {
    StringBuilder next = new StringBuilder(section.length() + 64);
    for (int i = 0; i < all.size(); i++) {
      Line line = all.get(i);
      boolean isLast = i == all.size() - 1;
      next.append(i == 0 ? "" : "\n").append(line.text());
      next.append(isLast ? lastEnding : line.ending());
    }
    return next.toString();
  }

  private Line header() {
    Line line = Line.of("", section.substring(0, SectionText.lineEnd(section, 0)));
    String text = line.text();
    boolean right = HeaderLine.isDatastore(text, 0, text.length()) && !Blank.is(text.charAt(0));
    return right ? line : new Line("", HeaderLine.print(name), line.ending());
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
      String raw, ImmutableSortedMap<String, String> wanted, Map<String, String> missing) {
    Line old = Line.of("", raw);
    String line = old.text();
    int first = Blank.skip(line, 0, line.length());
    if (first == line.length()) {
      return;
    }
    if (line.charAt(first) == '#') {
      lines.add(old);
      return;
    }
    int keyEnd = Blank.next(line, first, line.length());
    String key = line.substring(first, keyEnd);
    boolean readable = first > 0 && keyEnd < line.length();
    if (key.equals(Property.NAME.key()) && readable) {
      if (!named) {
        lines.add(Line.of(key, raw));
      }
      named = true;
      return;
    }
    String value = missing.remove(key);
    if (value != null) {
      boolean same = readable && value.equals(canonical(key, line.substring(keyEnd)));
      lines.add(new Line(key, same ? line : print(key, value), old.ending()));
    }
  }

  /** The canonical form of a value in a line, with blanks around it. */
  private static String canonical(String key, String words) {
    int start = Blank.skip(words, 0, words.length());
    return Property.canonical(
        key, words.substring(start, Blank.trimEnd(words, start, words.length())));
  }

  /**
   * The header and the lines, with each missing property inserted after the last one that precedes
   * it alphabetically, or first. Takes two passes over the lines, since there may be many.
   */
  static List<Line> merged(Line header, List<Line> lines, SortedMap<String, String> missing) {
    List<String> leastFrom = leastKeys(lines);
    List<Line> next = new ArrayList<>(lines.size() + missing.size() + 1);
    next.add(header);
    int passed = 0;
    for (Map.Entry<String, String> property : missing.entrySet()) {
      String key = property.getKey();
      while (passed < lines.size() && leastFrom.get(passed).compareTo(key) < 0) {
        next.add(lines.get(passed));
        passed++;
      }
      next.add(new Line(key, print(key, property.getValue()), next.get(next.size() - 1).ending()));
    }
    for (; passed < lines.size(); passed++) {
      next.add(lines.get(passed));
    }
    return next;
  }

  /** For each line, the least key from there on; for the last comments, a key above all others. */
  private static List<String> leastKeys(List<Line> lines) {
    String[] least = new String[lines.size()];
    String behind = String.valueOf(Character.MAX_VALUE);
    for (int i = lines.size() - 1; i >= 0; i--) {
      String key = lines.get(i).key();
      behind = key.isEmpty() || behind.compareTo(key) < 0 ? behind : key;
      least[i] = behind;
    }
    return Arrays.asList(least);
  }

  private static String print(String key, String value) {
    return INDENT + key + ' ' + value;
  }
}
