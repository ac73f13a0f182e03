package io.datastored.etcd.history;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.datastored.config.DatastoreName;
import io.datastored.etcd.client.KeyRange;
import io.datastored.etcd.history.KeyValues.Entry;
import io.datastored.etcd.history.KeyValues.Page;
import io.datastored.etcd.history.KeyValuesException.Kind;
import io.datastored.file.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A view loader reads a whole history at one revision of etcd. Thread-safe. */
final class ViewLoader {

  private static final int ATTEMPTS = 5;
  private static final String NO_HEAD = "it has no head";

  private final KeyValues etcd;
  private final Keys keys;
  private final RangeReader reader;
  private final KeyObserver observer;

  /** Without an observer. */
  ViewLoader(KeyValues etcd, Keys keys, int page) {
    this(etcd, keys, page, KeyObserver.NONE);
  }

  /**
   * @param page how many keys are read in one request
   * @param observer loads what it follows at the same revision, before the view is served
   */
  ViewLoader(KeyValues etcd, Keys keys, int page, KeyObserver observer) {
    this.observer = observer;
    this.etcd = etcd;
    this.keys = keys;
    this.reader = new RangeReader(etcd, page);
  }

  /** The keys of sections and the preamble, at one revision. */
  record Texts(NavigableMap<DatastoreName, Entry> sections, Optional<Entry> preamble) {

    static Texts read(RangeReader reader, Keys keys, long revision) throws KeyValuesException {
      NavigableMap<DatastoreName, Entry> sections = new TreeMap<>();
      for (Entry entry : reader.all(KeyRange.prefix(keys.datastores()), revision)) {
        keys.datastoreOf(entry.key()).ifPresent(name -> sections.put(name, entry));
      }
      return new Texts(sections, reader.one(keys.preamble(), revision));
    }
  }

  /**
   * Reads the history.
   *
   * @param known what was followed until now, if anything: it remembers what was accepted of
   *     sections that were edited since
   * @param lost makes the exception for a history without a usable head
   * @throws StoreException when there is none, or it cannot be read
   */
  View load(@Nullable View known, Function<String, StoreException> lost) throws StoreException {
    try {
      for (int attempt = 1; ; attempt++) {
        try {
          return loadOnce(known, lost);
        } catch (KeyValuesException e) {
          // Compacted between two pages: the next attempt reads at a later revision.
          if (e.kind() != Kind.COMPACTED || attempt == ATTEMPTS) {
            throw e;
          }
        }
      }
    } catch (KeyValuesException e) {
      throw e.of("read", keys);
    }
  }

  /** The exception for a history without a usable head that was not followed yet. */
  static StoreException absent(String why) {
    return new StoreException(
        why.endsWith(NO_HEAD) ? StoreException.Reason.VANISHED : StoreException.Reason.OTHER, why);
  }

  private View loadOnce(@Nullable View known, Function<String, StoreException> lost)
      throws KeyValuesException, StoreException {
    Page first = etcd.range(KeyRange.of(keys.head()), 0, 1);
    if (first.entries().isEmpty()) {
      throw lost.apply("there is no history at " + keys + ": " + NO_HEAD);
    }
    Entry headEntry = first.entries().get(0);
    long revision = first.revision();
    Optional<Entry> schemaEntry = reader.one(keys.schema(), revision);
    Schema schema = schemaEntry.isPresent() ? schema(schemaEntry.get()) : Schema.PRESENT;
    schema.requireReadable(keys);
    View.Builder next = new View.Builder(head(headEntry, lost), headEntry.modified());
    next.loadedAt = revision;
    next.schema = schema;
    next.schemaModified = schemaEntry.map(Entry::modified).orElse(0L);
    Texts present = Texts.read(reader, keys, revision);
    for (Entry entry : reader.all(KeyRange.prefix(keys.removals()), revision)) {
      keys.removalOf(entry.key())
          .ifPresent(
              name ->
                  Removal.read(entry.value())
                      .ifPresent(generation -> next.removed.put(name, generation)));
    }
    View loaded = new AcceptedSections(reader, keys, next, known).of(present);
    observeAt(revision);
    return loaded;
  }

  /** Has the observer load what it follows. */
  private void observeAt(long revision) throws KeyValuesException {
    List<Entry> all = new ArrayList<>();
    for (String prefix : observer.prefixes()) {
      all.addAll(reader.all(KeyRange.prefix(prefix), revision));
    }
    observer.loaded(revision, all);
  }

  /**
   * Has the observer load what it follows, apart from the history.
   *
   * @throws StoreException when it cannot be read
   */
  void observe(long revision) throws StoreException {
    try {
      observeAt(revision);
    } catch (KeyValuesException e) {
      throw e.of("read", keys);
    }
  }

  /** Who follows other keys. */
  KeyObserver observer() {
    return observer;
  }

  private HeadText head(Entry entry, Function<String, StoreException> lost) throws StoreException {
    try {
      return HeadText.read(entry.value());
    } catch (IllegalArgumentException e) {
      throw lost.apply("the head of the history at " + keys + " is damaged: " + e.getMessage());
    }
  }

  private Schema schema(Entry entry) throws StoreException {
    try {
      return Schema.read(entry.value());
    } catch (IllegalArgumentException e) {
      throw new StoreException(
          StoreException.Reason.OTHER,
          "the key %s is damaged: %s. Put it back: etcdctl put %s '%s'"
              .formatted(
                  keys.schema(),
                  e.getMessage(),
                  keys.schema(),
                  new String(Schema.PRESENT.write(), UTF_8).strip()));
    }
  }
}
