package io.datastored.etcd.history;

import io.datastored.config.DatastoreName;
import io.datastored.etcd.history.KeyValues.Entry;
import io.datastored.etcd.history.KeyValuesException.Kind;
import io.datastored.etcd.history.ViewLoader.Texts;
import io.datastored.history.AcceptedDatastore;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Accepted sections are found while a history is read: for each key, what the last commit left
 * there, which an edit by hand may have replaced since. Confined to one thread.
 */
final class AcceptedSections {

  private static final int MANY = 100;

  private final RangeReader reader;
  private final Keys keys;
  private final View.Builder next;
  private final @Nullable View known;
  private final LastCommit commit;

  /** What was there before the first of many edits. */
  private NavigableMap<DatastoreName, Entry> before = new TreeMap<>();

  /**
   * @param next the view that is made: its head and removals have been read
   * @param known what was followed until now, if anything
   */
  AcceptedSections(RangeReader reader, Keys keys, View.Builder next, @Nullable View known) {
    this.reader = reader;
    this.keys = keys;
    this.next = next;
    this.known = known;
    this.commit = new LastCommit(reader, keys, next.head, next.headModified);
  }

  /** The view with these texts. */
  View of(Texts present) throws KeyValuesException {
    if (known != null && known.head().commit().equals(next.head.commit())) {
      remembered(present, known);
      return next.build();
    }
    readBefore(present);
    for (Map.Entry<DatastoreName, Entry> each : present.sections().entrySet()) {
      next.put(each.getKey(), section(each.getKey(), each.getValue()));
    }
    if (present.preamble().isPresent()) {
      next.preamble = preamble(present.preamble().get());
    }
    View view = next.build();
    if (view.state().text().bytes().isEmpty() && deleted(present)) {
      return next.build();
    }
    return view;
  }

  /** Of many edits, one read for all: a read for each would take minutes. */
  private void readBefore(Texts present) throws KeyValuesException {
    try {
      long first = Long.MAX_VALUE;
      int edits = 0;
      for (Entry entry : present.sections().values()) {
        if (!commit.has(entry.modified())) {
          first = Math.min(first, entry.modified());
          edits++;
        }
      }
      if (edits > MANY && first > 1) {
        before = Texts.read(reader, keys, first - 1).sections();
      }
    } catch (KeyValuesException e) {
      if (e.kind() != Kind.COMPACTED) {
        throw e;
      }
    }
  }

  private Optional<Entry> before(DatastoreName name, Entry edit) throws KeyValuesException {
    Entry read = before.get(name);
    return read != null && commit.has(read.modified()) ? Optional.of(read) : commit.before(edit);
  }

  private static StoredSection section(DatastoreName name, byte[] value) {
    return StoredSection.read(name, value);
  }

  private Slot<StoredSection> section(DatastoreName name, Entry entry) throws KeyValuesException {
    StoredSection present = section(name, entry.value());
    try {
      if (commit.has(entry.modified())) {
        return Slot.committed(present, entry.modified());
      }
      StoredSection accepted =
          before(name, entry).map(was -> section(name, was.value())).orElse(null);
      return new Slot<>(accepted, present, entry.modified());
    } catch (KeyValuesException e) {
      if (e.kind() != Kind.COMPACTED) {
        throw e;
      }
      return compacted(name, present, entry.modified());
    }
  }

  /** The lines of the value are believed; if they are gone, too, it must be committed again. */
  private Slot<StoredSection> compacted(DatastoreName name, StoredSection present, long modified) {
    if (present.accepted().isPresent() || present.rank().isPresent()) {
      return Slot.committed(present, modified);
    }
    AcceptedDatastore datastore = known == null ? null : known.state().datastores().get(name);
    if (datastore == null) {
      next.acceptedLost = true;
      return new Slot<>(null, present, modified);
    }
    return new Slot<>(
        new StoredSection(present.rank(), Optional.of(datastore), present.text()),
        present,
        modified);
  }

  private Slot<byte[]> preamble(Entry entry) throws KeyValuesException {
    try {
      if (!commit.has(entry.modified())) {
        byte[] accepted = commit.before(entry).map(Entry::value).orElse(null);
        return new Slot<>(accepted, entry.value(), entry.modified());
      }
    } catch (KeyValuesException e) {
      if (e.kind() != Kind.COMPACTED) {
        throw e;
      }
    }
    return Slot.committed(entry.value(), entry.modified());
  }

  /**
   * Adds what was deleted by hand: what was there when the last commit was made, and was not
   * removed.
   */
  private boolean deleted(Texts present) throws KeyValuesException {
    boolean found = deletedSince(present, commit.at());
    return commit.seen() > 0 && commit.seen() < commit.at()
        ? deletedSince(present, commit.seen()) || found
        : found;
  }

  private boolean deletedSince(Texts present, long revision) throws KeyValuesException {
    Texts then;
    try {
      then = Texts.read(reader, keys, revision);
    } catch (KeyValuesException e) {
      if (e.kind() != Kind.COMPACTED) {
        throw e;
      }
      return false;
    }
    boolean found = false;
    for (Map.Entry<DatastoreName, Entry> each : then.sections().entrySet()) {
      DatastoreName name = each.getKey();
      boolean gone = !present.sections().containsKey(name) && next.section(name).isEmpty();
      if (gone && !next.removed.containsKey(name)) {
        StoredSection accepted = section(name, each.getValue()).accepted();
        next.put(name, new Slot<>(accepted, null, each.getValue().modified()));
        found |= accepted != null;
      }
    }
    if (present.preamble().isEmpty() && next.preamble.isEmpty() && then.preamble().isPresent()) {
      Entry before = then.preamble().get();
      next.preamble = new Slot<>(preamble(before).accepted(), null, before.modified());
      found |= !next.preamble.isEmpty();
    }
    return found;
  }

  /** Takes what was accepted from the view of the same commit. */
  private void remembered(Texts present, View view) {
    NavigableMap<DatastoreName, Slot<StoredSection>> accepted = view.sections();
    next.sections = new TreeMap<>();
    present
        .sections()
        .forEach(
            (name, entry) ->
                next.put(
                    name,
                    merged(accepted.get(name), section(name, entry.value()), entry.modified())));
    accepted.forEach(
        (name, slot) -> {
          if (!present.sections().containsKey(name)) {
            next.put(name, new Slot<>(slot.accepted(), null, slot.modified()));
          }
        });
    Slot<byte[]> preamble = view.preamble();
    next.preamble =
        present
            .preamble()
            .map(
                entry ->
                    merged(preamble.isEmpty() ? null : preamble, entry.value(), entry.modified()))
            .orElseGet(() -> new Slot<>(preamble.accepted(), null, preamble.modified()));
  }

  private static <T> Slot<T> merged(@Nullable Slot<T> accepted, T present, long modified) {
    if (accepted == null) {
      return new Slot<>(null, present, modified);
    }
    return accepted.isClean() && accepted.modified() == modified
        ? accepted
        : new Slot<>(accepted.accepted(), present, modified);
  }
}
