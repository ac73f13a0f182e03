package io.datastored.client;

import io.datastored.v1.Datastore;
import io.datastored.v1.Revision;
import io.datastored.v1.SnapshotReason;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * An applied frame describes what one frame of the watch changed in memory. Immutable.
 *
 * @param kind kind of the frame
 * @param reason why the server sent a snapshot; present only for a snapshot
 * @param datastores the datastores that were created or changed, as of this frame; for a snapshot,
 *     all datastores in it
 * @param removed names of the datastores that were removed; for a snapshot, those known before that
 *     are not in it
 * @param generations number of generations that a change covers; 0 for other frames
 * @param revision revision up to which everything is now applied
 */
public record AppliedFrame(
    Kind kind,
    Optional<SnapshotReason> reason,
    List<Datastore> datastores,
    Set<String> removed,
    long generations,
    Revision revision) {

  /** A kind of frame. */
  public enum Kind {
    /** Replaces all datastores. */
    SNAPSHOT,
    /** Replaces the datastores that changed. */
    CHANGE,
    /** Changes nothing; only the first one of a watch may update mount states. */
    BOOKMARK
  }

  public AppliedFrame {
    datastores = List.copyOf(datastores);
    removed = Set.copyOf(removed);
  }

  /** The names of the datastores in {@link #datastores()}. */
  public Set<String> changed() {
    return datastores.stream().map(Datastore::getName).collect(Collectors.toUnmodifiableSet());
  }

  @Override
  public String toString() {
    return "AppliedFrame[%s %s/%d, changed %s, removed %s]"
        .formatted(kind, revision.getIncarnation(), revision.getGeneration(), changed(), removed);
  }
}
