package io.datastored.config.document;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.datastored.config.Blank;
import io.datastored.config.DatastoreName;
import io.datastored.config.DatastoreSettings;
import io.datastored.config.HeaderLine;
import io.datastored.config.NameMap;
import io.datastored.config.Truncated;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A document parser parses a whole text in one pass. Confined to one thread.
 *
 * <p>A section with the same text as in a previous document is not parsed again: the old object is
 * reused.
 */
final class DocumentParser {

  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private final RawText raw;
  private final String text;
  private final NameMap<ConfigSection> previous;

  private final NameMap.Builder<ConfigSection> sections;
  private final ImmutableList.Builder<FaultySection> faultySections = ImmutableList.builder();
  private final ImmutableList.Builder<ConfigFault> faults = ImmutableList.builder();
  private final ImmutableList.Builder<SourceSpan> places = ImmutableList.builder();

  /** The datastore of each base path, including faulty sections. */
  private final Map<String, DatastoreName> pathOwners = new LinkedHashMap<>();

  /** The first line of each datastore name, including faulty sections. */
  private final Map<DatastoreName, Integer> firstLines = new HashMap<>();

  private boolean odd;
  private int at;
  private int line = 1;

  DocumentParser(RawText raw, NameMap<ConfigSection> previous) {
    this.raw = raw;
    text = raw.text();
    this.previous = previous;
    sections = NameMap.builder(previous, previous.size());
  }

  ConfigDocument parse() {
    at = !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK ? 1 : 0;
    while (at < text.length()) {
      parseLine();
    }
    return new ConfigDocument(
        raw,
        sections.build(),
        faultySections.build(),
        faults.build(),
        places.build(),
        ImmutableMap.copyOf(pathOwners),
        odd);
  }

  private void parseLine() {
    int end = SectionText.lineEnd(text, at);
    int first = Blank.skip(text, at, end);
    if (first == end || text.charAt(first) == '#') {
      moveTo(end, line);
      return;
    }
    Optional<HeaderLine> header =
        first == at || HeaderLine.isDatastore(text, at, end)
            ? HeaderLine.parse(text, at, end)
            : Optional.empty();
    if (header.isEmpty()) {
      loseBlock(end, "this line belongs to no section: 'datastore: name' is expected first");
      return;
    }
    Optional<DatastoreName> name = DatastoreName.tryParse(header.get().id());
    if (name.isEmpty()) {
      loseBlock(end, DatastoreName.fault(header.get().id()).orElseThrow());
      return;
    }
    ConfigSection known = previous.get(name.get());
    if (known != null && first == at && isAtHand(known)) {
      keep(known);
    } else {
      parseSection(name.get(), header.get(), first > at);
    }
  }

  /** Whether the text continues with exactly this section. */
  private boolean isAtHand(ConfigSection section) {
    return text.startsWith(section.text(), at)
        && SectionText.isOverAt(text, at + section.text().length());
  }

  /**
   * Reports a line whose datastore, if any, cannot be determined, and skips the lines that belong
   * to it.
   */
  private void loseBlock(int firstEnd, String message) {
    faults.add(new ConfigFault(line, 0, "", message));
    int end = firstEnd;
    int last = line;
    while (end + 1 < text.length()) {
      int next = SectionText.lineEnd(text, end + 1);
      if (Blank.skip(text, end + 1, next) == next || HeaderLine.isDatastore(text, end + 1, next)) {
        break;
      }
      end = next;
      last++;
    }
    moveTo(end, last);
  }

  private void parseSection(DatastoreName name, HeaderLine header, boolean indented) {
    SectionParser parser = new SectionParser(text, at, line);
    if (indented) {
      parser.addFault(new ConfigFault(line, 1, "", "the header of a section must not be indented"));
    }
    if (!header.isDatastore()) {
      parser.addFault(
          new ConfigFault(
              line, 1, "", "'" + Truncated.of(header.type()) + "' is an unknown type of section"));
    }
    parser.read();
    Optional<ConfigSection> good = parser.good(name);
    if (good.isPresent()) {
      place(good.get());
    } else {
      FaultySection faulty = parser.faulty(name);
      // An unknown type defines no datastore, so it claims neither a name nor a path.
      ConfigFault repetition =
          header.isDatastore() ? claim(name, parser.settings(), faulty.text()) : null;
      addFaulty(repetition == null ? faulty : faulty.withFault(repetition));
    }
    moveTo(parser.end(), parser.lastLine());
  }

  private void keep(ConfigSection section) {
    place(section);
    moveTo(at + section.text().length(), line + section.lineCount() - 1);
  }

  private void place(ConfigSection section) {
    ConfigFault repetition = claim(section.name(), section.settings(), section.text());
    if (repetition != null) {
      addFaulty(FaultySection.repeating(section, line, repetition));
      return;
    }
    sections.put(section.name(), section);
    odd |= !section.oddLines().isEmpty();
    places.add(new SourceSpan(section.name(), at, at + section.text().length(), line, true));
  }

  private void addFaulty(FaultySection section) {
    faultySections.add(section);
    places.add(new SourceSpan(section.name(), at, at + section.text().length(), line, false));
  }

  /**
   * Claims the name and base path of the current section, or reports the section that already has
   * them. A faulty section keeps its claim, since its last good version may be served.
   */
  private @Nullable ConfigFault claim(
      DatastoreName name, DatastoreSettings settings, String sectionText) {
    Integer first = firstLines.putIfAbsent(name, line);
    if (first != null) {
      return new ConfigFault(
          line, 0, "", "datastore '" + name + "' is already defined on line " + first);
    }
    DatastoreName owner =
        settings.path().isEmpty() ? null : pathOwners.putIfAbsent(settings.basePathKey(), name);
    if (owner != null) {
      return new ConfigFault(
          line + SectionText.lineOf(sectionText, "path"),
          0,
          "path",
          "path is the base path of datastore '" + owner + "' too");
    }
    return null;
  }

  private void moveTo(int end, int lastLine) {
    at = end + 1;
    line = lastLine + 1;
  }
}
