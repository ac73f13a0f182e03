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
 * @param before the generation that was served before the swap
 * @param after the generation that is served since
 * @param touched the created, changed and removed datastores with the generation of their last
 *     change
 */
record Publication(
    Generation before, Generation after, ImmutableMap<DatastoreName, Generation> touched) {

  /** The publication of a change of one generation, as the engine reported it. */
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

  /** Computes from the generations in the snapshot what was touched after {@code before}. */
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
   * The number of generations touching the scope that this publication covers, given the
   * generations of last change among the datastores in scope that it touched. A single generation
   * is counted exactly. If there are several (other processes committed them), a scope of
   * everything counts all of them. Any other scope counts those that can be distinguished, because
   * a generation that was overwritten before it was read left no trace.
   *
   * @param since not counted up to here: a client that comes from another server may know some of
   *     the generations that this one has taken in at once
   */
  long count(Scope scope, Set<Generation> touching, Generation since) {
    if (touching.isEmpty()) {
      return 0;
    }
    return scope.isEverything()
        ? after.value() - Math.max(before.value(), since.value())
        : touching.size();
  }

  private static Generation lastChange(Snapshot after, DatastoreName name) {
    return after
        .find(name)
        .map(Datastore::generation)
        .orElseGet(() -> after.removed().getOrDefault(name, after.revision().generation()));
  }
}
