package io.datastored.client;

import io.datastored.v1.Revision;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A view is all selected datastores at one revision. Immutable: a frame makes a new one, and
 * readers see it whole or not at all.
 *
 * <p>A {@code HashMap} that nobody changes any more: {@code Map.copyOf} takes ten times as long for
 * a get at 1,000 names.
 */
final class View {

  static final View EMPTY = new View(new HashMap<>(), null);

  private final HashMap<String, CachedDatastore> datastores;
  private final @Nullable Revision revision;

  /**
   * @param datastores is the view's from now on
   * @param revision null when nothing was applied yet
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

  /** The revision that a datastore of this view is told with. */
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

  /** A copy to be changed and made a view of. */
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
