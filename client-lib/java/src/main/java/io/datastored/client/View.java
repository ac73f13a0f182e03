package io.datastored.client;

import io.datastored.v1.Revision;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A view is the set of all selected datastores at one revision. Immutable: a frame creates a new
 * view, which readers see completely or not at all.
 *
 * <p>It holds a {@code HashMap} that is never changed: a get from the result of {@code Map.copyOf}
 * is much slower.
 */
final class View {

  static final View EMPTY = new View(new HashMap<>(), null);

  private final HashMap<String, CachedDatastore> datastores;
  private final @Nullable Revision revision;

  /**
   * @param datastores owned by the view from now on
   * @param revision null if nothing was applied yet
   */
  View(HashMap<String, CachedDatastore> datastores, @Nullable Revision revision) {
    this.datastores = datastores;
    this.revision = revision;
  }

  @Nullable CachedDatastore find(String name) {
    return datastores.get(name);
  }

  Optional<Revision> revision() {
    return Optional.ofNullable(revision);
  }

  /** The revision at which the state of a datastore in this view is known. */
  Revision revisionOf(CachedDatastore datastore) {
    Revision filled = datastore.filled();
    if (filled != null) {
      return filled;
    }
    return revision == null ? Revision.getDefaultInstance() : revision;
  }

  Map<String, CachedDatastore> datastores() {
    return datastores;
  }

  /** A mutable copy from which the next view is built. */
  HashMap<String, CachedDatastore> copy() {
    return new HashMap<>(datastores);
  }

  /** The same datastores at a later revision. */
  View reaching(Revision later) {
    return new View(datastores, later);
  }

  int size() {
    return datastores.size();
  }

  boolean reaches(Revision wanted) {
    return revision != null && RevisionOrder.reaches(revision, wanted);
  }
}
