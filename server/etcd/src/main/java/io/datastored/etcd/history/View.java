package io.datastored.etcd.history;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Maps;
import io.datastored.config.DatastoreName;
import io.datastored.config.NameMap;
import io.datastored.config.document.ConfigSlices;
import io.datastored.file.Digest;
import io.datastored.history.AcceptedDatastore;
import io.datastored.history.AcceptedState;
import io.datastored.history.AcceptedText;
import io.datastored.history.ConfigContent;
import io.datastored.history.Generation;
import io.datastored.history.Store;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A view is the history at one commit, and the configuration as it is in etcd, which an edit by
 * hand may have changed since. Immutable.
 */
final class View {

  private static final Comparator<Part> ORDER =
      Comparator.comparingLong(Part::rank).thenComparing(Part::name);

  private final HeadText head;
  private final long headModified;
  private final long loadedAt;
  private final Schema schema;
  private final long schemaModified;
  private final ImmutableSet<DatastoreName> forgotten;
  private final NavigableMap<DatastoreName, Slot<StoredSection>> sections;
  private final Slot<byte[]> preamble;
  private final AcceptedState state;
  private final ConfigContent content;

  private View(Builder parts, AcceptedState state, ConfigContent content) {
    this.head = parts.head;
    this.headModified = parts.headModified;
    this.loadedAt = parts.loadedAt;
    this.schema = parts.schema;
    this.schemaModified = parts.schemaModified;
    this.forgotten = parts.forgotten();
    this.sections = parts.sections;
    this.preamble = parts.preamble;
    this.state = state;
    this.content = content;
  }

  /** A slice with its place. */
  private record Part(long rank, DatastoreName name, byte[] text) {}

  /** The parts of a view, while it is made. Confined to one thread. */
  static final class Builder {
    HeadText head;
    long headModified;

    /** Until which revision everything is in it, however late it is reported. */
    long loadedAt;

    Schema schema = Schema.PRESENT;

    /** The revision of the last write of the schema; 0: there is none. */
    long schemaModified;

    NavigableMap<DatastoreName, Slot<StoredSection>> sections = new TreeMap<>();
    Slot<byte[]> preamble = new Slot<>(null, null, 0);

    /** Those that the floor has passed included. */
    Map<DatastoreName, Generation> removed;

    /** Whether it is no longer known what was accepted of an edited section. */
    boolean acceptedLost;

    private final @Nullable View before;

    Builder(HeadText head, long headModified) {
      this.head = head;
      this.headModified = headModified;
      this.removed = new TreeMap<>();
      this.before = null;
    }

    private Builder(View before) {
      this.head = before.head;
      this.headModified = before.headModified;
      this.loadedAt = before.loadedAt;
      this.schema = before.schema;
      this.schemaModified = before.schemaModified;
      this.sections = new TreeMap<>(before.sections);
      this.preamble = before.preamble;
      this.removed = new TreeMap<>(before.state.removed());
      before.forgotten.forEach(name -> removed.put(name, before.head.floor()));
      this.before = before;
    }

    /** Puts a section's slot, or forgets it if it is empty. */
    void put(DatastoreName name, Slot<StoredSection> slot) {
      if (slot.isEmpty()) {
        sections.remove(name);
      } else {
        sections.put(name, slot);
      }
    }

    Slot<StoredSection> section(DatastoreName name) {
      return sections.getOrDefault(name, new Slot<>(null, null, 0));
    }

    /** What was there at a revision is what was accepted, also where nothing was. */
    void accept(long seen) {
      sections.replaceAll((name, slot) -> slot.accepted(seen));
      sections.values().removeIf(Slot::isEmpty);
      preamble = preamble.accepted(seen);
    }

    View build() {
      boolean clean = preamble.isClean() && sections.values().stream().allMatch(Slot::isClean);
      ConfigContent content = content(Slot::present, preamble.present());
      ConfigContent accepted = clean ? content : content(Slot::accepted, preamble.accepted());
      AcceptedText text =
          accepted.digest().equals(head.digest())
              ? AcceptedText.of(head.digest(), accepted.bytes())
              : AcceptedText.of(head.digest());
      if (acceptedLost) {
        // No content has this digest, so that the configuration is committed as an edit.
        text = AcceptedText.of(Digest.of(head.write()));
      }
      AcceptedState state =
          new AcceptedState(
              head.revision(), Optional.empty(), text, head.floor(), accepted(), removals());
      return new View(this, state, content);
    }

    private NameMap<AcceptedDatastore> accepted() {
      NameMap<AcceptedDatastore> like = before == null ? NameMap.of() : before.state.datastores();
      NameMap.Builder<AcceptedDatastore> datastores = NameMap.builder(like, sections.size());
      sections.forEach(
          (name, slot) -> {
            StoredSection section = slot.accepted();
            if (section != null) {
              section.accepted().ifPresent(datastore -> datastores.put(name, datastore));
            }
          });
      return datastores.build();
    }

    /** The oldest first. */
    private ImmutableMap<DatastoreName, Generation> removals() {
      List<Map.Entry<DatastoreName, Generation>> all = new ArrayList<>(removed.entrySet());
      all.removeIf(removal -> !removal.getValue().isAfter(head.floor()));
      all.sort(Map.Entry.comparingByValue());
      return ImmutableMap.copyOf(all);
    }

    private ImmutableSet<DatastoreName> forgotten() {
      return removed.entrySet().stream()
          .filter(removal -> !removal.getValue().isAfter(head.floor()))
          .map(Map.Entry::getKey)
          .collect(ImmutableSet.toImmutableSet());
    }

    private ConfigContent content(
        Function<Slot<StoredSection>, @Nullable StoredSection> side, byte @Nullable [] start) {
      List<Part> parts = new ArrayList<>(sections.size());
      sections.forEach(
          (name, slot) -> {
            StoredSection section = side.apply(slot);
            if (section != null) {
              parts.add(new Part(section.rank().orElse(Long.MAX_VALUE), name, section.text()));
            }
          });
      if (parts.isEmpty() && start == null) {
        return ConfigContent.MISSING;
      }
      parts.sort(ORDER);
      List<byte[]> texts = new ArrayList<>(parts.size() + 1);
      if (start != null) {
        texts.add(start);
      }
      parts.forEach(part -> texts.add(part.text()));
      // A value that was put by hand may lack its last line feed.
      return ConfigContent.of(ConfigSlices.joined(texts));
    }
  }

  /** A builder of the view that follows this one. */
  Builder next() {
    return new Builder(this);
  }

  HeadText head() {
    return head;
  }

  /** The revision of the last write of the head, even if it changed nothing. */
  long headModified() {
    return headModified;
  }

  /** Changes at or below this revision are in it. */
  long loadedAt() {
    return loadedAt;
  }

  Schema schema() {
    return schema;
  }

  /** The revision of the last write of the schema; 0: there is none. */
  long schemaModified() {
    return schemaModified;
  }

  /** Removals that the floor has passed, but whose keys are still there. */
  ImmutableSet<DatastoreName> forgotten() {
    return forgotten;
  }

  /** What is known of the keys of datastores. */
  NavigableMap<DatastoreName, Slot<StoredSection>> sections() {
    return sections;
  }

  Slot<StoredSection> section(DatastoreName name) {
    return sections.getOrDefault(name, new Slot<>(null, null, 0));
  }

  Slot<byte[]> preamble() {
    return preamble;
  }

  /** What was committed. */
  AcceptedState state() {
    return state;
  }

  /** The configuration as it is in etcd. */
  ConfigContent content() {
    return content;
  }

  /** Whether a decision that is based on {@code seen} is based on this view. */
  boolean isWhat(Store.Seen seen) {
    return seen.content().digest().equals(content.digest()) && seen.state().equals(state);
  }

  /**
   * Whether another view has the same content at the same revisions: a key that was put with the
   * value that it had is compared with its new revision.
   */
  boolean isAt(View other) {
    return headModified == other.headModified
        && schemaModified == other.schemaModified
        && preamble.modified() == other.preamble.modified()
        && state.equals(other.state)
        && content.digest().equals(other.content.digest())
        && Maps.transformValues(sections, Slot::modified)
            .equals(Maps.transformValues(other.sections, Slot::modified));
  }

  @Override
  public String toString() {
    return head.revision() + " (" + head.commit() + "), " + sections.size() + " sections";
  }
}
