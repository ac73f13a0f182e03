package io.datastored.watch;

import io.datastored.engine.snapshot.Snapshot;
import io.datastored.history.Generation;
import io.datastored.history.Revision;
import java.util.Optional;

/**
 * A head is the newest published snapshot with the history that led to it. Immutable.
 *
 * @param serial counts the publications and changes of rules of this feed; unlike a generation it
 *     never decreases
 * @param rulesChangedAt what was sent up to this revision may have been selected by other rules
 */
record Head(long serial, Snapshot snapshot, History history, Optional<Revision> rulesChangedAt) {

  Revision revision() {
    return snapshot.revision();
  }

  Generation generation() {
    return revision().generation();
  }

  /** Why a watcher at this position needs a snapshot; empty if a change suffices. */
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
    // Removals at the floor are forgotten too, but a watcher at that position has received them.
    if (snapshot.floor().isAfter(since)) {
      return Optional.of(SnapshotReason.TOO_OLD);
    }
    return Optional.empty();
  }

  /** Why a client that knows this revision from an earlier stream needs a snapshot. */
  Optional<SnapshotReason> reasonForFirstSnapshot(Optional<Revision> known) {
    return reasonForSnapshot(known)
        .or(() -> known.filter(this::isByOtherRules).map(told -> SnapshotReason.RIGHTS_CHANGED));
  }

  private boolean isByOtherRules(Revision told) {
    return rulesChangedAt
        .filter(told::sameHistory)
        .filter(at -> !told.generation().isAfter(at.generation()))
        .isPresent();
  }
}
