package io.datastored.etcd.history;

import io.datastored.config.DatastoreName;
import io.datastored.etcd.history.KeyValues.Change;
import io.datastored.history.Generation;
import java.util.List;
import java.util.Optional;

/**
 * A succession makes the view that follows another one, from the changes of revisions of etcd.
 * Confined to one thread.
 *
 * <p>The view is made once, of all changes that were added: it costs as much as there are
 * datastores.
 */
final class Succession {

  private final Keys keys;
  private final View before;
  private final View.Builder next;
  private boolean changed;

  /**
   * @param keys of the history
   * @param before the view that is served
   */
  Succession(Keys keys, View before) {
    this.keys = keys;
    this.before = before;
    this.next = before.next();
  }

  /** The view after all that was added; the one before if nothing changed. */
  View view() {
    return changed ? next.build() : before;
  }

  /**
   * Adds the changes of one revision.
   *
   * @return why everything must be read again, after which the succession is of no use: a commit
   *     was missed or is not whole, or the head is not one; empty: they were added
   */
  Optional<String> add(long revision, List<Change> changes) {
    if (changes.stream().anyMatch(change -> change.key().equals(keys.schema()))) {
      return Optional.of("the schema was changed");
    }
    Optional<Change> headChange =
        changes.stream().filter(change -> change.key().equals(keys.head())).findFirst();
    if (headChange.isEmpty()) {
      return edit(revision, changes);
    }
    Optional<byte[]> value = headChange.get().value();
    if (value.isEmpty()) {
      return Optional.of("its head was deleted");
    }
    HeadText head;
    try {
      head = HeadText.read(value.get());
    } catch (IllegalArgumentException e) {
      return Optional.of("its head is damaged: " + e.getMessage());
    }
    if (revision <= next.headModified) {
      // Reported late: an own commit that is in the view, or one before it.
      return Optional.empty();
    }
    if (head.commit().equals(next.head.commit())) {
      // Written again as it was, which changes only what is compared.
      next.head = head;
      next.headModified = revision;
      changed = true;
      return edit(revision, changes);
    }
    if (!head.follows(next.head)) {
      return Optional.of("a commit before " + head.commit() + " was not reported");
    }
    List<Change> touched = changes.stream().filter(this::isOfHistory).toList();
    if (touched.size() != head.keys()) {
      return Optional.of(touched.size() + " of " + head.keys() + " keys of a commit were reported");
    }
    commit(head, revision, touched);
    return Optional.empty();
  }

  private boolean isOfHistory(Change change) {
    String key = change.key();
    return key.equals(keys.preamble())
        || keys.datastoreOf(key).isPresent()
        || keys.removalOf(key).isPresent();
  }

  private void commit(HeadText head, long revision, List<Change> touched) {
    changed = true;
    next.head = head;
    next.headModified = revision;
    // A section that was deleted by hand is not deleted again, so nothing is reported of it.
    next.accept(head.place().seen());
    for (Change change : touched) {
      Optional<DatastoreName> name = keys.datastoreOf(change.key());
      Optional<DatastoreName> gone = keys.removalOf(change.key());
      if (name.isPresent()) {
        StoredSection section =
            change.value().map(value -> StoredSection.read(name.get(), value)).orElse(null);
        next.put(name.get(), new Slot<>(section, section, revision));
      } else if (gone.isPresent()) {
        remove(gone.get(), change.value());
      } else {
        byte[] text = change.value().orElse(null);
        next.preamble = new Slot<>(text, text, revision);
      }
    }
  }

  private void remove(DatastoreName name, Optional<byte[]> value) {
    Optional<Generation> generation = value.flatMap(Removal::read);
    if (generation.isPresent()) {
      next.removed.put(name, generation.get());
      if (next.section(name).present() == null) {
        // Deleted by hand before, in an edit that is accepted in parts.
        next.sections.remove(name);
      }
    } else {
      next.removed.remove(name);
    }
  }

  /** Keeps what was accepted: an edit by hand changes only what is there. */
  private Optional<String> edit(long revision, List<Change> changes) {
    for (Change change : changes) {
      Optional<DatastoreName> name = keys.datastoreOf(change.key());
      if (name.isPresent() && next.section(name.get()).modified() < revision) {
        next.put(
            name.get(),
            next.section(name.get())
                .edited(
                    change.value().map(value -> StoredSection.read(name.get(), value)), revision));
        changed = true;
      } else if (change.key().equals(keys.preamble()) && next.preamble.modified() < revision) {
        next.preamble = next.preamble.edited(change.value(), revision);
        changed = true;
      }
    }
    return Optional.empty();
  }
}
