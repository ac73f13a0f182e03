package io.datastored.config.document;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedMap;
import io.datastored.config.Blank;
import io.datastored.config.DatastoreName;
import io.datastored.config.DatastoreSettings;
import io.datastored.config.DatastoreSettingsBuilder;
import io.datastored.config.HeaderLine;
import io.datastored.config.MaintenanceSetting;
import io.datastored.config.MaintenanceText;
import io.datastored.config.NearMiss;
import io.datastored.config.ParseError;
import io.datastored.config.Property;
import io.datastored.config.PropertyFault;
import io.datastored.config.SettingsCheck;
import io.datastored.config.Truncated;
import io.datastored.config.document.ConfigSection.OddLine;
import io.datastored.config.document.FaultySection.ModeLine;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A section parser parses one section line by line, from its header on. Confined to one thread. */
final class SectionParser {

  private final String text;
  private final int start;
  private final int firstLine;
  private final DatastoreSettingsBuilder settings = DatastoreSettings.builder();

  /** One bit for each known property that has occurred. */
  private long met;

  private int line;
  private int end;
  private MaintenanceSetting maintenance = MaintenanceSetting.NONE;
  private ModeLine modeLine = ModeLine.ABSENT;
  private Optional<String> modeAsWritten = Optional.empty();
  private @Nullable Map<String, String> others;
  private @Nullable List<OddLine> oddLines;

  /**
   * The properties that a misspelled line was meant to be: its fault already reports their absence.
   */
  private final Set<String> missed = new HashSet<>(0);

  private @Nullable List<ConfigFault> faults;

  SectionParser(String text, int start, int firstLine) {
    this.text = text;
    this.start = start;
    this.firstLine = firstLine;
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
        add(0, "", "the next section must be separated from this one by an empty line");
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
    int contentEnd = SectionText.contentEnd(text, first, lineEnd);
    int keyEnd = Blank.next(text, first, contentEnd);
    int value = Blank.skip(text, keyEnd, contentEnd);
    int valueEnd = Blank.trimEnd(text, value, contentEnd);
    Property property = Property.find(text, first, keyEnd);
    if (property == null) {
      String key = text.substring(first, keyEnd);
      String words = text.substring(value, valueEnd);
      Optional<NearMiss> meant = NearMiss.of(key, words, PbsSchema.keys());
      if (meant.isPresent()) {
        readNearMiss(key, meant.get(), first - at + 1);
      } else if (keyEnd == contentEnd) {
        add(first - at + 1, key, "has no value");
      } else {
        readOther(key, words, first - at + 1);
      }
    } else if (keyEnd == contentEnd) {
      add(first - at + 1, property.key(), "has no value");
      if (property == Property.MAINTENANCE_MODE) {
        closeFor("", property.key());
      }
    } else {
      readKnown(property, text.substring(value, valueEnd), first - at + 1, value - at + 1);
    }
  }

  private void readNearMiss(String key, NearMiss meant, int keyColumn) {
    Property property = Property.find(meant.key(), 0, meant.key().length());
    boolean closes = property == Property.MAINTENANCE_MODE;
    addFault(
        new ConfigFault(
            line,
            keyColumn,
            meant.key(),
            "'%s' is not a property; did you mean '%s'?%s"
                .formatted(
                    Truncated.of(key),
                    meant.key(),
                    closes ? " The datastore is closed until this line is valid" : "")));
    missed.add(meant.key());
    if (closes) {
      closeFor(meant.words(), meant.words().isEmpty() ? key : meant.words());
    }
  }

  private void readKnown(Property property, String words, int keyColumn, int valueColumn) {
    long bit = 1L << property.ordinal();
    if ((met & bit) != 0) {
      add(keyColumn, property.key(), "is given twice");
      if (property == Property.MAINTENANCE_MODE) {
        closeFor("", words);
      }
      return;
    }
    met |= bit;
    try {
      if (property == Property.MAINTENANCE_MODE) {
        readMode(words);
      } else if (property == Property.NAME) {
        addOdd("name", "is ignored: the name is in the header");
      } else {
        property.read(words, settings);
      }
    } catch (ParseError e) {
      add(valueColumn + e.offset(), property.key(), e.reason());
      if (property == Property.MAINTENANCE_MODE) {
        closeFor(words, words);
      }
    }
  }

  private void readMode(String words) throws ParseError {
    MaintenanceSetting read = MaintenanceText.parse(words);
    if (modeLine == ModeLine.ABSENT) {
      modeLine = ModeLine.READ;
      maintenance = read;
    }
  }

  /** Closes the datastore. If several lines do, one that refuses everything takes precedence. */
  private void closeFor(String words, String written) {
    modeLine = ModeLine.UNREADABLE;
    if (!maintenance.mode().refusesLookup()) {
      maintenance = MaintenanceText.failClosed(words);
      modeAsWritten =
          MaintenanceText.asWritten(written, maintenance.mode()).or(() -> modeAsWritten);
    }
  }

  private void readOther(String key, String words, int keyColumn) {
    if (others == null) {
      others = new TreeMap<>();
    }
    if (others.putIfAbsent(key, words) != null) {
      add(keyColumn, key, "is given twice");
      return;
    }
    ImmutableList<PropertyFault> wrong = SettingsCheck.otherFaults(key, words);
    for (PropertyFault fault : wrong) {
      addFault(new ConfigFault(line, keyColumn, fault.property(), fault.message()));
    }
    if (wrong.isEmpty()) {
      addOdd(key, "is unknown to this version and kept as it is");
    }
  }

  private void addOdd(String property, String message) {
    if (oddLines == null) {
      oddLines = new ArrayList<>();
    }
    oddLines.add(new OddLine(line - firstLine, property, property + ' ' + message));
  }

  private void add(int column, String property, String reason) {
    String key = Truncated.of(property);
    addFault(new ConfigFault(line, column, key, key.isEmpty() ? reason : key + ' ' + reason));
  }

  /** Adds a fault found by the caller. */
  void addFault(ConfigFault fault) {
    if (faults == null) {
      faults = new ArrayList<>();
    }
    faults.add(fault);
  }

  /** The section if it is good, after {@link #read}; otherwise use {@link #faulty}. */
  Optional<ConfigSection> good(DatastoreName name) {
    if (others != null) {
      settings.otherProperties(ImmutableSortedMap.copyOf(others));
    }
    DatastoreSettings read = settings.build();
    for (PropertyFault fault : SettingsCheck.knownFaults(read)) {
      if (missed.contains(fault.property())) {
        continue;
      }
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
        modeAsWritten,
        onlyMode ? Optional.of(settings.build()) : Optional.empty(),
        text.substring(start, end));
  }

  /** The settings that could be read, valid or not. */
  DatastoreSettings settings() {
    return settings.build();
  }

  /** The index after the last line of the section. */
  int end() {
    return end;
  }

  /** The number of the last line of the section. */
  int lastLine() {
    return line;
  }
}
