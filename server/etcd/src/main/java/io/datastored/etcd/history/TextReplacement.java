package io.datastored.etcd.history;

import io.datastored.config.DatastoreName;
import io.datastored.config.document.ConfigDocument;
import io.datastored.config.document.ConfigSlices;
import io.datastored.history.AcceptedState;
import io.datastored.history.ConfigContent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A text replacement replaces the whole configuration by another one, in as many commits as that
 * takes: a transaction of etcd takes no more than about a hundred datastores. Immutable.
 *
 * <p>What one commit takes is a configuration without faults of its own, if the other one has none:
 * first what is removed, then the rest in the order of the new text; and with a section all those
 * whose base path it takes over.
 */
public final class TextReplacement {

  /** How many sections one commit may put; a removed section counts twice. */
  static final int MOST = 100;

  /** What a section has besides its text, about. */
  private static final int LINES = 500;

  private final AcceptedState state;
  private final ConfigDocument present;
  private final ConfigDocument target;
  private final ConfigSlices before;
  private final ConfigSlices after;

  /** Sections that are put or removed: removed ones first, then in the order of the new text. */
  private final Map<DatastoreName, Kind> touched;

  /** What becomes of a section. */
  private enum Kind {
    REMOVED,
    ADDED,
    /** It gets another place, and perhaps another text. */
    MOVED,
    CHANGED
  }

  private TextReplacement(AcceptedState state, ConfigDocument present, ConfigDocument target) {
    this.state = state;
    this.present = present;
    this.target = target;
    this.before = ConfigSlices.of(present);
    this.after = ConfigSlices.of(target);
    this.touched = touched();
  }

  /**
   * A replacement.
   *
   * @param state the accepted state, whose text {@code present} is
   */
  public static TextReplacement of(AcceptedState state, ConfigContent present, byte[] target) {
    return new TextReplacement(
        state, ConfigDocument.parse(present.bytes()), ConfigDocument.parse(target));
  }

  private Map<DatastoreName, Kind> touched() {
    Map<DatastoreName, Kind> all = new LinkedHashMap<>();
    Map<DatastoreName, Integer> places = new HashMap<>();
    for (DatastoreName name : before.sections().keySet()) {
      places.put(name, places.size());
      if (!after.sections().containsKey(name)) {
        all.put(name, Kind.REMOVED);
      }
    }
    List<DatastoreName> names = new ArrayList<>(after.sections().keySet());
    long[] kept =
        names.stream()
            .mapToLong(name -> places.containsKey(name) ? places.get(name) : Ranks.MOVED)
            .toArray();
    Ranks.keepLongestRise(kept);
    for (int i = 0; i < kept.length; i++) {
      DatastoreName name = names.get(i);
      if (!places.containsKey(name)) {
        all.put(name, Kind.ADDED);
      } else if (kept[i] == Ranks.MOVED) {
        all.put(name, Kind.MOVED);
      } else if (!Arrays.equals(before.sections().get(name), after.sections().get(name))) {
        all.put(name, Kind.CHANGED);
      }
    }
    return all;
  }

  /** How many datastores are added, changed, moved or removed in the text. */
  public int datastores() {
    return touched.size();
  }

  /** The configuration after the next commit; the new one if that is the last. */
  public byte[] next() {
    Set<DatastoreName> part = first();
    return part.size() == touched.size() ? target.toBytes() : withPart(part);
  }

  private Set<DatastoreName> first() {
    Map<String, DatastoreName> owners = new HashMap<>();
    present.sections().forEach((name, section) -> owners.put(path(present, name), name));
    Set<DatastoreName> part = new LinkedHashSet<>();
    int puts = 0;
    int bytes = after.preamble().length;
    for (DatastoreName each : touched.keySet()) {
      Set<DatastoreName> together = new LinkedHashSet<>();
      withOwners(each, owners, part, together);
      puts += together.stream().mapToInt(this::puts).sum();
      bytes += together.stream().mapToInt(this::size).sum();
      if ((puts > MOST || bytes > CommitPlan.MOST_BYTES / 2) && !part.isEmpty()) {
        return part;
      }
      part.addAll(together);
    }
    return part;
  }

  /** Adds a section, and those that must give up their base path for it. */
  private void withOwners(
      DatastoreName name,
      Map<String, DatastoreName> owners,
      Set<DatastoreName> part,
      Set<DatastoreName> together) {
    DatastoreName next = name;
    while (next != null && !part.contains(next) && together.add(next)) {
      DatastoreName owner = owners.get(path(target, next));
      next = owner != null && touched.containsKey(owner) ? owner : null;
    }
  }

  private static @Nullable String path(ConfigDocument document, DatastoreName name) {
    var section = document.sections().get(name);
    return section == null ? null : section.settings().basePathKey();
  }

  private int puts(DatastoreName name) {
    boolean forgets = state.removed().containsKey(name);
    return touched.get(name) == Kind.REMOVED || forgets ? 2 : 1;
  }

  private int size(DatastoreName name) {
    byte[] text = after.sections().get(name);
    return LINES + (text == null ? 0 : text.length);
  }

  /** What is there, with the part as it will be, each section at its new place. */
  private byte[] withPart(Set<DatastoreName> part) {
    Set<DatastoreName> staying = new LinkedHashSet<>(before.sections().keySet());
    part.stream().filter(name -> touched.get(name) != Kind.CHANGED).forEach(staying::remove);
    List<DatastoreName> first = new ArrayList<>();
    Map<DatastoreName, List<DatastoreName>> behind = new HashMap<>();
    Collection<DatastoreName> place = first;
    for (DatastoreName name : after.sections().keySet()) {
      Kind kind = touched.get(name);
      if (kind == null || kind == Kind.CHANGED) {
        place = behind.computeIfAbsent(name, unused -> new ArrayList<>());
      } else if (part.contains(name)) {
        place.add(name);
      }
    }
    List<byte[]> slices = new ArrayList<>();
    slices.add(after.preamble());
    first.forEach(name -> add(slices, part, name));
    for (DatastoreName name : staying) {
      add(slices, part, name);
      behind.getOrDefault(name, List.of()).forEach(next -> add(slices, part, next));
    }
    return ConfigSlices.joined(slices);
  }

  private void add(List<byte[]> slices, Set<DatastoreName> part, DatastoreName name) {
    byte[] slice = (part.contains(name) ? after : before).sections().get(name);
    if (slice != null) {
      slices.add(slice);
    }
  }
}
