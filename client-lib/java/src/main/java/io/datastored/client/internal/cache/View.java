package io.datastored.client.internal.cache;

import io.datastored.client.internal.loop.RevisionOrder;
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
public final class View {

  static final View EMPTY = new View(new HashMap<>(), null);

  private final HashMap<String, CachedDatastore> datastores;
  private final @Nullable Revision revision;

  /**
   * @param datastores owned by the view from now on
   * @param revision null if nothing was applied yet
   */
  public View(HashMap<String, CachedDatastore> datastores, @Nullable Revision revision) {
    this.datastores = datastores;
    this.revision = revision;
  }

  public @Nullable CachedDatastore find(String name) {
    return datastores.get(name);
  }

  public Optional<Revision> revision() {
    return Optional.ofNullable(revision);
  }

  /** The revision at which the state of a datastore in this view is known. */
  public Revision revisionOf(CachedDatastore datastore) {
    Revision filled = datastore.filled();
    if (filled != null) {
      return filled;
    }
    return revision == null ? Revision.getDefaultInstance() : revision;
  }

  public Map<String, CachedDatastore> datastores() {
    return datastores;
  }

  /** A mutable copy from which the next view is built. */
  public HashMap<String, CachedDatastore> copy() {
    return new HashMap<>(datastores);
  }

  /** The same datastores at a later revision. */
  public View reaching(Revision later) {
    return new View(datastores, later);
  }

  public int size() {
    return datastores.size();
  }

  public boolean reaches(Revision wanted) {
    return revision != null && RevisionOrder.reaches(revision, wanted);
  }
}
