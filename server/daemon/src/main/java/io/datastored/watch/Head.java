package io.datastored.watch;

import io.datastored.engine.snapshot.Snapshot;
import io.datastored.history.Generation;
import io.datastored.history.Revision;
import java.util.Optional;

/**
 * A head is the newest published snapshot with the history that led to it. Immutable.
 *
 * @param serial counts the publications of this feed; unlike a generation it never goes back
 */
record Head(long serial, Snapshot snapshot, History history) {

  Revision revision() {
    return snapshot.revision();
  }

  Generation generation() {
    return revision().generation();
  }

  /** Why who stands at this position has to be sent everything; empty when a change will do. */
  Optional<SnapshotReason> reasonForSnapshot(Optional<Revision> position) {
    if (position.isEmpty()) {
      return Optional.of(SnapshotReason.REQUESTED);
    }
    if (!position.get().sameHistory(revision())) {
      return Optional.of(SnapshotReason.WRONG_INCARNATION);
    }
    Generation since = position.get().generation();
    if (since.isAfter(generation())) {
      return Optional.of(SnapshotReason.AHEAD);
    }
    // Removals at the floor are forgotten too, but who stands there has been told of them.
    if (snapshot.floor().isAfter(since)) {
      return Optional.of(SnapshotReason.TOO_OLD);
    }
    return Optional.empty();
  }
}
