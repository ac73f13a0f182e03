package io.datastored.config;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedMap;
import io.datastored.config.ConfigSection.OddLine;
import io.datastored.config.FaultySection.ModeLine;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A section parser reads one section line by line, from its header on. Confined to one thread. */
final class SectionParser {

  private final String text;
  private final int start;
  private final int firstLine;
  private final RecentWords recent;
  private final DatastoreSettingsBuilder settings = DatastoreSettings.builder();

  /** One bit for each known property that has been met. */
  private long met;

  private int line;
  private int end;
  private MaintenanceSetting maintenance = MaintenanceSetting.NONE;
  private ModeLine modeLine = ModeLine.ABSENT;
  private @Nullable Map<String, String> others;
  private @Nullable List<OddLine> oddLines;
  private @Nullable List<ConfigFault> faults;

  SectionParser(String text, int start, int firstLine, RecentWords recent) {
    this.text = text;
    this.start = start;
    this.firstLine = firstLine;
    this.recent = recent;
    line = firstLine;
    end = SectionText.lineEnd(text, start);
  }

  /** Reads the lines up to the end of the section. */
  void read() {
    int at = end + 1;
    while (at < text.length()) {
      int lineEnd = SectionText.lineEnd(text, at);
      int first = Blank.skip(text, at, lineEnd);
      if (first == lineEnd) {
        int orphan = SectionText.orphanBehind(text, at);
        if (orphan < 0) {
          return;
        }
        line += SectionText.countLines(text, end + 1, orphan);
        add(0, "", "an empty line before this property ends the section");
        at = orphan;
        end = at - 1;
        readLine(at, Blank.skip(text, at, text.length()), SectionText.lineEnd(text, at));
      } else if (text.charAt(first) == 'd' && HeaderLine.isDatastore(text, at, lineEnd)) {
        line++;
        add(0, "", "the next section must be parted from this one by an empty line");
        line--;
        return;
      } else {
        line++;
        if (first == at && text.charAt(first) != '#') {
          add(1, "", "a property must be indented");
        }
        readLine(at, first, lineEnd);
      }
      at = end + 1;
    }
  }

  private void readLine(int at, int first, int lineEnd) {
    end = lineEnd;
    if (text.charAt(first) == '#') {
      return;
    }
    int keyEnd = Blank.next(text, first, lineEnd);
    Property property = Property.find(text, first, keyEnd);
    if (keyEnd == lineEnd) {
      add(first - at + 1, text.substring(first, keyEnd), "has no value");
      if (property == Property.MAINTENANCE_MODE) {
        closeFor("");
      }
      return;
    }
    int value = Blank.skip(text, keyEnd, lineEnd);
    int valueEnd = Blank.trimEnd(text, value, lineEnd);
    if (property == null) {
      readOther(text.substring(first, keyEnd), text.substring(value, valueEnd), first - at + 1);
    } else {
      Optional<String> words = recent.of(property, text, value, valueEnd);
      readKnown(property, words, first - at + 1, value - at + 1);
    }
  }

  private void readKnown(
      Property property, Optional<String> words, int keyColumn, int valueColumn) {
    long bit = 1L << property.ordinal();
    if ((met & bit) != 0) {
      add(keyColumn, property.key(), "is there twice");
      if (property == Property.MAINTENANCE_MODE) {
        closeFor("");
      }
      return;
    }
    met |= bit;
    try {
      if (property == Property.MAINTENANCE_MODE) {
        modeLine = ModeLine.READ;
        maintenance = MaintenanceText.parse(words.get());
      } else if (property == Property.NAME) {
        addOdd("name", "is ignored: the header tells the name");
      } else {
        property.read(words, settings);
      }
    } catch (Misread e) {
      add(valueColumn + e.offset(), property.key(), e.reason());
      if (property == Property.MAINTENANCE_MODE) {
        closeFor(words.get());
      }
    }
  }

  private void closeFor(String words) {
    modeLine = ModeLine.UNREADABLE;
    maintenance = MaintenanceText.failClosed(words);
  }

  private void readOther(String key, String words, int keyColumn) {
    if (others == null) {
      others = new TreeMap<>();
    }
    if (others.putIfAbsent(key, words) != null) {
      add(keyColumn, key, "is there twice");
    } else {
      addOdd(key, "is unknown to this version, and kept");
    }
  }

  private void addOdd(String property, String message) {
    if (oddLines == null) {
      oddLines = new ArrayList<>();
    }
    oddLines.add(new OddLine(line - firstLine, property, property + ' ' + message));
  }

  private void add(int column, String property, String reason) {
    String key = Excerpt.of(property);
    addFault(new ConfigFault(line, column, key, key.isEmpty() ? reason : key + ' ' + reason));
  }

  /** Adds a fault that somebody else found. */
  void addFault(ConfigFault fault) {
    if (faults == null) {
      faults = new ArrayList<>();
    }
    faults.add(fault);
  }

  /**
   * Returns the section if it is good, after {@link #read}; otherwise {@link #faulty} returns it.
   */
  Optional<ConfigSection> good(DatastoreName name) {
    if (others != null) {
      settings.otherProperties(ImmutableSortedMap.copyOf(others));
    }
    DatastoreSettings read = settings.build();
    for (PropertyFault fault : read.faults()) {
      addFault(
          new ConfigFault(
              firstLine + SectionText.lineOf(text.substring(start, end), fault.property()),
              0,
              fault.property(),
              fault.message()));
    }
    return faults == null
        ? Optional.of(
            new ConfigSection(
                name,
                read,
                maintenance,
                text.substring(start, end),
                line - firstLine + 1,
                oddLines == null ? ImmutableList.of() : ImmutableList.copyOf(oddLines)))
        : Optional.empty();
  }

  FaultySection faulty(DatastoreName name) {
    ImmutableList<ConfigFault> all =
        faults == null
            ? ImmutableList.of()
            : ImmutableList.sortedCopyOf(
                Comparator.comparingInt(ConfigFault::line).thenComparingInt(ConfigFault::column),
                faults);
    boolean onlyMode =
        modeLine == ModeLine.UNREADABLE
            && all.stream().allMatch(f -> f.property().equals(Property.MAINTENANCE_MODE.key()));
    return new FaultySection(
        name,
        firstLine,
        all,
        modeLine,
        maintenance,
        onlyMode ? Optional.of(settings.build()) : Optional.empty(),
        text.substring(start, end));
  }

  /** Returns what could be read, right or not. */
  DatastoreSettings settings() {
    return settings.build();
  }

  /** Returns the place behind the last line of the section. */
  int end() {
    return end;
  }

  /** Returns the number of the last line of the section. */
  int lastLine() {
    return line;
  }
}
