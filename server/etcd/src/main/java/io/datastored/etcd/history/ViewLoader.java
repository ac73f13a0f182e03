package io.datastored.etcd.history;

import io.datastored.config.DatastoreName;
import io.datastored.etcd.history.KeyValues.Entry;
import io.datastored.etcd.history.KeyValues.Page;
import io.datastored.file.StoreException;
import io.datastored.history.AcceptedDatastore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A view loader reads a whole history at one revision of etcd. Thread-safe. */
final class ViewLoader {

  private static final int ATTEMPTS = 5;

  private final KeyValues etcd;
  private final Keys keys;
  private final int page;

  /**
   * @param page how many keys are read in one request
   */
  ViewLoader(KeyValues etcd, Keys keys, int page) {
    this.etcd = etcd;
    this.keys = keys;
    this.page = page;
  }

  /** The keys of sections and the preamble, at one revision. */
  private record Texts(NavigableMap<DatastoreName, Entry> sections, Optional<Entry> preamble) {}

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
          if (e.kind() != KeyValuesException.Kind.COMPACTED || attempt == ATTEMPTS) {
            throw e;
          }
        }
      }
    } catch (KeyValuesException e) {
      throw e.of("read", keys);
    }
  }

  private View loadOnce(@Nullable View known, Function<String, StoreException> lost)
      throws KeyValuesException, StoreException {
    Page first = etcd.range(keys.head(), "", 0, 1);
    if (first.entries().isEmpty()) {
      throw lost.apply("there is no history at " + keys + ": it has no head");
    }
    Entry headEntry = first.entries().get(0);
    View.Builder next = new View.Builder(head(headEntry, lost), headEntry.modified());
    next.loadedAt = first.revision();
    Texts texts = texts(first.revision());
    for (Entry entry : all(keys.removals(), first.revision())) {
      keys.removalOf(entry.key())
          .ifPresent(
              name ->
                  Removal.read(entry.value())
                      .ifPresent(generation -> next.removed.put(name, generation)));
    }
    fill(next, texts, known);
    return next.build();
  }

  private HeadText head(Entry entry, Function<String, StoreException> lost) throws StoreException {
    try {
      return HeadText.read(entry.value());
    } catch (IllegalArgumentException e) {
      throw lost.apply("the head of the history at " + keys + " is damaged: " + e.getMessage());
    }
  }

  private Texts texts(long revision) throws KeyValuesException {
    NavigableMap<DatastoreName, Entry> sections = new TreeMap<>();
    for (Entry entry : all(keys.datastores(), revision)) {
      keys.datastoreOf(entry.key()).ifPresent(name -> sections.put(name, entry));
    }
    return new Texts(
        sections, etcd.range(keys.preamble(), "", revision, 1).entries().stream().findFirst());
  }

  private List<Entry> all(String prefix, long revision) throws KeyValuesException {
    List<Entry> all = new ArrayList<>();
    String from = prefix;
    while (true) {
      Page next = etcd.range(from, Keys.endOf(prefix), revision, page);
      all.addAll(next.entries());
      if (!next.more()) {
        return all;
      }
      from = all.get(all.size() - 1).key() + '\0';
    }
  }

  private void fill(View.Builder next, Texts texts, @Nullable View known)
      throws KeyValuesException {
    boolean edited =
        texts.sections().values().stream().anyMatch(e -> e.modified() > next.headModified)
            || texts.preamble().filter(e -> e.modified() > next.headModified).isPresent();
    texts.sections().forEach((name, entry) -> next.put(name, committed(name, entry)));
    texts
        .preamble()
        .ifPresent(entry -> next.preamble = Slot.committed(entry.value(), entry.modified()));
    if (known != null && known.head().commit().equals(next.head.commit())) {
      restore(next, known.sections(), known.preamble());
    } else if (edited || !next.build().content().digest().equals(next.head.digest())) {
      restoreFrom(next, known);
    }
  }

  private static Slot<StoredSection> committed(DatastoreName name, Entry entry) {
    return Slot.committed(StoredSection.read(name, entry.value()), entry.modified());
  }

  /** Takes what was accepted from what was there at the last write of the head. */
  private void restoreFrom(View.Builder next, @Nullable View known) throws KeyValuesException {
    try {
      Texts then = texts(next.headModified);
      Map<DatastoreName, Slot<StoredSection>> accepted = new TreeMap<>();
      then.sections().forEach((name, entry) -> accepted.put(name, committed(name, entry)));
      Slot<byte[]> preamble =
          then.preamble()
              .map(entry -> Slot.committed(entry.value(), entry.modified()))
              .orElse(new Slot<>(null, null, 0));
      restore(next, accepted, preamble);
    } catch (KeyValuesException e) {
      if (e.kind() != KeyValuesException.Kind.COMPACTED) {
        throw e;
      }
    }
    // What is not even there at the last write of the head was edited before it.
    next.sections.replaceAll((name, slot) -> completed(name, slot, next, known));
  }

  private static Slot<StoredSection> completed(
      DatastoreName name, Slot<StoredSection> slot, View.Builder next, @Nullable View known) {
    StoredSection accepted = slot.accepted();
    if (accepted == null || accepted.accepted().isPresent() || accepted.rank().isPresent()) {
      return slot;
    }
    AcceptedDatastore datastore = known == null ? null : known.state().datastores().get(name);
    if (datastore == null) {
      next.acceptedLost = true;
      return slot;
    }
    return new Slot<>(
        new StoredSection(accepted.rank(), Optional.of(datastore), accepted.text()),
        slot.present(),
        slot.modified());
  }

  private static void restore(
      View.Builder next, Map<DatastoreName, Slot<StoredSection>> accepted, Slot<byte[]> preamble) {
    NavigableMap<DatastoreName, Slot<StoredSection>> present = next.sections;
    next.sections = new TreeMap<>();
    present.forEach((name, slot) -> next.put(name, merged(accepted.get(name), slot)));
    accepted.forEach(
        (name, slot) -> {
          if (!present.containsKey(name)) {
            next.put(name, new Slot<>(slot.accepted(), null, slot.modified()));
          }
        });
    next.preamble = merged(preamble.isEmpty() ? null : preamble, next.preamble);
  }

  private static <T> Slot<T> merged(@Nullable Slot<T> accepted, Slot<T> present) {
    if (accepted == null) {
      return new Slot<>(null, present.present(), present.modified());
    }
    return accepted.isClean() && accepted.modified() == present.modified()
        ? accepted
        : new Slot<>(accepted.accepted(), present.present(), present.modified());
  }
}
