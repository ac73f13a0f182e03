package io.datastored.client;

import io.datastored.v1.Datastore;
import io.datastored.v1.Revision;
import io.datastored.v1.SnapshotReason;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * An applied frame is what one frame of the watch has changed in memory. Immutable.
 *
 * @param kind what kind of frame
 * @param reason why a snapshot was sent; present only for a snapshot
 * @param datastores those that were created or changed, as of this frame; for a snapshot all that
 *     it has
 * @param removed names of datastores that are gone, for a snapshot those known before that it lacks
 * @param generations how many generations a change stands for; 0 for other frames
 * @param revision everything up to here is applied now
 */
public record AppliedFrame(
    Kind kind,
    Optional<SnapshotReason> reason,
    List<Datastore> datastores,
    Set<String> removed,
    long generations,
    Revision revision) {

  /** What kind of frame. */
  public enum Kind {
    /** Replaced everything. */
    SNAPSHOT,
    /** Replaced what had changed. */
    CHANGE,
    /** Nothing had changed (but, on the first one of a watch, perhaps mount states). */
    BOOKMARK
  }

  public AppliedFrame {
    datastores = List.copyOf(datastores);
    removed = Set.copyOf(removed);
  }

  /** The names of the datastores that were created or changed. */
  public Set<String> changed() {
    return datastores.stream().map(Datastore::getName).collect(Collectors.toUnmodifiableSet());
  }

  @Override
  public String toString() {
    return "AppliedFrame[%s %s/%d, changed %s, removed %s]"
        .formatted(kind, revision.getIncarnation(), revision.getGeneration(), changed(), removed);
  }
}
