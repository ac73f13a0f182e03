package io.datastored.etcd.history;

import io.datastored.config.DatastoreName;
import io.datastored.etcd.history.KeyValues.Change;
import io.datastored.history.Generation;
import java.util.List;
import java.util.Optional;

/**
 * A succession makes the view that follows another one, from the changes of one revision of etcd.
 * Immutable.
 *
 * @param keys of the history
 * @param before the view that is served
 */
record Succession(Keys keys, View before) {

  /** What the changes of a revision lead to. */
  sealed interface Step {
    /** Another view; the same one if nothing changed. */
    record To(View view) implements Step {}

    /** A commit was missed, or this one is not whole: everything must be read anew. */
    record Gap(String why) implements Step {}

    /** The head is gone or damaged: this is not the history that was followed. */
    record Lost(String why) implements Step {}
  }

  /** The step to the changes of one revision. */
  Step to(long revision, List<Change> changes) {
    Optional<Change> headChange =
        changes.stream().filter(change -> change.key().equals(keys.head())).findFirst();
    if (headChange.isEmpty()) {
      return edit(before.next(), revision, changes);
    }
    Optional<byte[]> value = headChange.get().value();
    if (value.isEmpty()) {
      return new Step.Lost("its head was deleted");
    }
    HeadText head;
    try {
      head = HeadText.read(value.get());
    } catch (IllegalArgumentException e) {
      return new Step.Lost("its head is damaged: " + e.getMessage());
    }
    if (revision <= before.headModified()) {
      // Reported late: an own commit that is in the view, or one before it.
      return new Step.To(before);
    }
    if (head.commit().equals(before.head().commit())) {
      // Written again as it was, which changes only what is compared.
      View.Builder next = before.next();
      next.headModified = revision;
      return edit(next, revision, changes);
    }
    if (!head.follows(before.head())) {
      return new Step.Gap("a commit before " + head.commit() + " was not reported");
    }
    List<Change> touched = changes.stream().filter(this::isOfHistory).toList();
    if (touched.size() != head.keys()) {
      return new Step.Gap(
          touched.size() + " of " + head.keys() + " keys of a commit were reported");
    }
    return commit(head, revision, touched);
  }

  private boolean isOfHistory(Change change) {
    String key = change.key();
    return key.equals(keys.preamble())
        || keys.datastoreOf(key).isPresent()
        || keys.removalOf(key).isPresent();
  }

  private Step commit(HeadText head, long revision, List<Change> touched) {
    View.Builder next = before.next();
    next.head = head;
    next.headModified = revision;
    for (Change change : touched) {
      Optional<DatastoreName> name = keys.datastoreOf(change.key());
      Optional<DatastoreName> gone = keys.removalOf(change.key());
      if (name.isPresent()) {
        StoredSection section =
            change.value().map(value -> StoredSection.read(name.get(), value)).orElse(null);
        next.put(name.get(), new Slot<>(section, section, revision));
      } else if (gone.isPresent()) {
        remove(next, gone.get(), change.value());
      } else {
        byte[] text = change.value().orElse(null);
        next.preamble = new Slot<>(text, text, revision);
      }
    }
    return new Step.To(next.build());
  }

  private static void remove(View.Builder next, DatastoreName name, Optional<byte[]> value) {
    Optional<Generation> generation = value.flatMap(Removal::read);
    if (generation.isPresent()) {
      next.removed.put(name, generation.get());
    } else {
      next.removed.remove(name);
    }
  }

  /** Keeps what was accepted: an edit by hand changes only what is there. */
  private Step edit(View.Builder next, long revision, List<Change> changes) {
    boolean changed = next.headModified != before.headModified();
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
    return new Step.To(changed ? next.build() : before);
  }
}
