package io.datastored.client;

import io.datastored.v1.Revision;
import io.datastored.v1.SnapshotReason;
import java.util.Optional;
import java.util.Set;

/**
 * An applied frame is what one frame of the watch has changed in memory. Immutable.
 *
 * @param kind what kind of frame
 * @param reason why a snapshot was sent; present only for a snapshot
 * @param changed names of datastores that were created or changed, for a snapshot all that it has
 * @param removed names of datastores that are gone, for a snapshot those known before that it lacks
 * @param generations how many generations a change stands for; 0 for other frames
 * @param revision everything up to here is applied now
 */
public record AppliedFrame(
    Kind kind,
    Optional<SnapshotReason> reason,
    Set<String> changed,
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
    changed = Set.copyOf(changed);
    removed = Set.copyOf(removed);
  }
}
