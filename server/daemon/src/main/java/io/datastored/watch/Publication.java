package io.datastored.watch;

import com.google.common.collect.ImmutableMap;
import io.datastored.config.DatastoreName;
import io.datastored.engine.snapshot.Change;
import io.datastored.engine.snapshot.Datastore;
import io.datastored.engine.snapshot.Snapshot;
import io.datastored.history.Generation;
import java.util.Set;

/**
 * A publication is what one swap of the engine's snapshot touched. Immutable.
 *
 * @param before the generation that was served until then
 * @param after the generation that is served since
 * @param touched the created, changed and removed datastores with the generation of their last
 *     change
 */
record Publication(
    Generation before, Generation after, ImmutableMap<DatastoreName, Generation> touched) {

  /** Takes the engine's word for what one generation touched. */
  static Publication of(Change change) {
    Snapshot after = change.after();
    ImmutableMap.Builder<DatastoreName, Generation> touched = ImmutableMap.builder();
    change.changed().forEach(name -> touched.put(name, lastChange(after, name)));
    change.removed().forEach(name -> touched.put(name, lastChange(after, name)));
    return new Publication(
        change.before().revision().generation(),
        after.revision().generation(),
        touched.buildOrThrow());
  }

  /** Works out what was touched after {@code before} from the generations in the snapshot. */
  static Publication since(Generation before, Snapshot after) {
    ImmutableMap.Builder<DatastoreName, Generation> touched = ImmutableMap.builder();
    for (Datastore datastore : after.byName()) {
      if (datastore.generation().isAfter(before)) {
        touched.put(datastore.name(), datastore.generation());
      }
    }
    after
        .removed()
        .forEach(
            (name, removal) -> {
              if (removal.isAfter(before) && after.find(name).isEmpty()) {
                touched.put(name, removal);
              }
            });
    return new Publication(before, after.revision().generation(), touched.buildOrThrow());
  }

  /**
   * How many generations that touched the selection this publication stands for, given the
   * generations of last change among the selected datastores that it touched. One generation is
   * counted exactly. Several at once (other processes committed them) are all counted for a
   * selection of everything; for any other one those that can be told apart are counted, since what
   * was overwritten before anybody looked left no trace.
   */
  long count(Selection selection, Set<Generation> touching) {
    if (touching.isEmpty()) {
      return 0;
    }
    return selection.isEverything() ? after.value() - before.value() : touching.size();
  }

  private static Generation lastChange(Snapshot after, DatastoreName name) {
    return after
        .find(name)
        .map(Datastore::generation)
        .orElseGet(() -> after.removed().getOrDefault(name, after.revision().generation()));
  }
}
