package io.datastored.watch;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedSet;
import io.datastored.config.DatastoreName;
import io.datastored.engine.snapshot.Datastore;
import io.datastored.engine.snapshot.Snapshot;
import io.datastored.history.Generation;
import io.datastored.mount.MountState;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A cut is one head seen through one selection; every frame is made from exactly one. Immutable.
 *
 * <p>It never waits and takes no lock. The snapshot has the datastores and their last changes; the
 * history only avoids scanning all of them.
 */
record Cut(Head head, Selection selection, View view) {
  /** A frame with everything that is selected. */
  Frame.Snapshot snapshot(SnapshotReason reason) {
    return new Frame.Snapshot(head.revision(), view, reason, selected());
  }

  /**
   * A frame with what was selected and touched after {@code since}, which is not below the floor.
   */
  Frame.Change change(Generation since, long generations) {
    ImmutableList.Builder<Datastore> changed = ImmutableList.builder();
    ImmutableList.Builder<DatastoreName> removed = ImmutableList.builder();
    for (DatastoreName name : candidates(since)) {
      Optional<Datastore> present = snapshot().find(name);
      if (present.isEmpty()) {
        removed.add(name);
      } else {
        changed.add(present.get());
      }
    }
    return new Frame.Change(head.revision(), view, changed.build(), removed.build(), generations);
  }

  /**
   * The first frame if nothing selected was touched; it carries the mount states that may have been
   * missed.
   */
  Frame.Bookmark firstBookmark(Duration interval) {
    ImmutableList<Datastore> removable =
        selected().stream()
            .filter(datastore -> datastore.mountState() != MountState.NOT_REMOVABLE)
            .collect(ImmutableList.toImmutableList());
    return new Frame.Bookmark(head.revision(), removable, interval);
  }

  /** Whether nothing selected was touched after {@code since}, which is not below the floor. */
  boolean isQuietSince(Generation since) {
    return since.equals(head.generation()) || candidates(since).isEmpty();
  }

  /**
   * The number of generations after {@code since} that touched the selection; exact while the
   * history covers them. Beyond the history (a restart, or a client very far behind), a selection
   * of everything gets the difference of the generations. Any other selection gets the number that
   * the snapshot distinguishes, which is never too high.
   */
  long generationsSince(Generation since) {
    if (!head.history().covers(since)) {
      return countIn(Publication.since(since, snapshot()), since);
    }
    return head.history().since(since).stream()
        .mapToLong(publication -> countIn(publication, since))
        .sum();
  }

  private long countIn(Publication publication, Generation since) {
    Set<Generation> touching =
        publication.touched().entrySet().stream()
            .filter(touch -> touch.getValue().isAfter(since))
            .filter(touch -> selection.selects(touch.getKey()))
            .map(Map.Entry::getValue)
            .collect(Collectors.toSet());
    return publication.count(selection, touching);
  }

  private ImmutableSortedSet<DatastoreName> candidates(Generation since) {
    return possible(since)
        .filter(name -> lastTouch(name).filter(touch -> touch.isAfter(since)).isPresent())
        .collect(ImmutableSortedSet.toImmutableSortedSet(Comparator.naturalOrder()));
  }

  private Stream<DatastoreName> possible(Generation since) {
    if (selection.isNamesOnly()) {
      return selection.names().stream();
    }
    if (head.history().covers(since)) {
      return head.history().since(since).stream()
          .flatMap(publication -> publication.touched().keySet().stream())
          .filter(selection::selects);
    }
    return Stream.concat(
            snapshot().byName().stream().map(Datastore::name),
            snapshot().removed().keySet().stream())
        .filter(selection::selects);
  }

  private Optional<Generation> lastTouch(DatastoreName name) {
    return snapshot()
        .find(name)
        .map(Datastore::generation)
        .or(() -> Optional.ofNullable(snapshot().removed().get(name)));
  }

  private ImmutableList<Datastore> selected() {
    if (selection.isEverything()) {
      return snapshot().byName();
    }
    if (selection.isNamesOnly()) {
      return selection.names().stream()
          .sorted()
          .flatMap(name -> snapshot().find(name).stream())
          .collect(ImmutableList.toImmutableList());
    }
    return snapshot().byName().stream()
        .filter(datastore -> selection.selects(datastore.name()))
        .collect(ImmutableList.toImmutableList());
  }

  private Snapshot snapshot() {
    return head.snapshot();
  }
}
