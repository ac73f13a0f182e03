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
 * A cut is one head seen through one scope; every frame is made from exactly one. Immutable.
 *
 * <p>It never waits and takes no lock. The snapshot has the datastores and their last changes; the
 * history only avoids scanning all of them.
 */
record Cut(Head head, Scope scope) {
  /** A frame with everything in scope. */
  Frame.Snapshot snapshot(SnapshotReason reason) {
    return new Frame.Snapshot(head.revision(), scope, reason, covered());
  }

  /** A frame with what was touched in scope after {@code since}, which is not below the floor. */
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
    return new Frame.Change(head.revision(), scope, changed.build(), removed.build(), generations);
  }

  /**
   * A frame for a watcher whose rights have changed: what was touched in scope after {@code since},
   * which is not below the floor, what it may now see more or less of, and what it may no longer
   * see.
   *
   * <p>Removed are only names of datastores that the watcher may have been shown: those in its
   * previous scope, and no later than the head at which it left that scope. A datastore that was
   * created afterwards was never shown, so its name stays hidden.
   */
  Frame.Change recut(Recut.Change recut, Generation since, long generations) {
    Scope before = recut.before();
    Snapshot shown = recut.at().snapshot();
    ImmutableList<Datastore> changed =
        covered().stream()
            .filter(
                datastore ->
                    datastore.generation().isAfter(since) || !scope.showsAs(before, datastore))
            .collect(ImmutableList.toImmutableList());
    ImmutableList<DatastoreName> removed =
        Stream.concat(
                shown.byName().stream().map(Datastore::name),
                shown.removed().entrySet().stream()
                    .filter(removal -> removal.getValue().isAfter(since))
                    .map(Map.Entry::getKey))
            .filter(before::covers)
            .filter(name -> !scope.covers(name) || snapshot().find(name).isEmpty())
            .distinct()
            .sorted()
            .collect(ImmutableList.toImmutableList());
    return new Frame.Change(head.revision(), scope, changed, removed, generations);
  }

  /**
   * The first frame if nothing in scope was touched; it carries the mount states that may have been
   * missed.
   */
  Frame.Bookmark firstBookmark(Duration interval) {
    ImmutableList<Datastore> removable =
        covered().stream()
            .filter(datastore -> datastore.mountState() != MountState.NOT_REMOVABLE)
            .collect(ImmutableList.toImmutableList());
    return new Frame.Bookmark(head.revision(), scope, removable, interval);
  }

  /** Whether nothing in scope was touched after {@code since}, which is not below the floor. */
  boolean isQuietSince(Generation since) {
    return since.equals(head.generation()) || candidates(since).isEmpty();
  }

  /**
   * The number of generations after {@code since} that touched the scope; exact while the history
   * covers them. Beyond the history (a restart, or a client very far behind), a scope of everything
   * gets the difference of the generations. Any other scope gets the number that the snapshot
   * distinguishes, which is never too high.
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
            .filter(touch -> scope.covers(touch.getKey()))
            .map(Map.Entry::getValue)
            .collect(Collectors.toSet());
    return publication.count(scope, touching, since);
  }

  private ImmutableSortedSet<DatastoreName> candidates(Generation since) {
    return possible(since)
        .filter(name -> lastTouch(name).filter(touch -> touch.isAfter(since)).isPresent())
        .collect(ImmutableSortedSet.toImmutableSortedSet(Comparator.naturalOrder()));
  }

  private Stream<DatastoreName> possible(Generation since) {
    if (scope.selection().isNamesOnly()) {
      return scope.selection().names().stream().filter(scope::allows);
    }
    if (head.history().covers(since)) {
      return head.history().since(since).stream()
          .flatMap(publication -> publication.touched().keySet().stream())
          .filter(scope::covers);
    }
    return Stream.concat(
            snapshot().byName().stream().map(Datastore::name),
            snapshot().removed().keySet().stream())
        .filter(scope::covers);
  }

  private Optional<Generation> lastTouch(DatastoreName name) {
    return snapshot()
        .find(name)
        .map(Datastore::generation)
        .or(() -> Optional.ofNullable(snapshot().removed().get(name)));
  }

  private ImmutableList<Datastore> covered() {
    if (scope.isEverything()) {
      return snapshot().byName();
    }
    if (scope.selection().isNamesOnly()) {
      return scope.selection().names().stream()
          .filter(scope::allows)
          .sorted()
          .flatMap(name -> snapshot().find(name).stream())
          .collect(ImmutableList.toImmutableList());
    }
    return snapshot().byName().stream()
        .filter(datastore -> scope.covers(datastore.name()))
        .collect(ImmutableList.toImmutableList());
  }

  private Snapshot snapshot() {
    return head.snapshot();
  }
}
