package io.datastored.engine;

import io.datastored.config.DatastoreName;
import io.datastored.config.document.ConfigDocument;
import io.datastored.engine.snapshot.ModeAnnotations;
import io.datastored.engine.snapshot.Snapshot;
import io.datastored.file.StoreException;
import java.util.Map;
import java.util.Optional;

/** A decision is the result of applying a write to the present configuration. Immutable. */
sealed interface Decision {

  /**
   * Nothing changes.
   *
   * @param outcome a refusal, or the outcome of a write that changes nothing
   */
  record Answer(WriteOutcome outcome) implements Decision {}

  /**
   * The configuration is replaced.
   *
   * @param next the new configuration
   * @param notes what only the caller knows of a datastore's mode
   * @param guard checked last
   */
  record Change(ConfigDocument next, Map<DatastoreName, ModeAnnotations> notes, Guard guard)
      implements Decision {}

  /**
   * A guard is a condition that the configuration alone cannot answer. It is checked while the
   * store is held, on the snapshot of the decision: no other change can be committed in between.
   */
  interface Guard {

    /** The guard that always passes. */
    Guard NONE = on -> Optional.empty();

    /** What blocks the change, in one sentence; empty if it may be made. */
    Optional<String> inTheWay(Snapshot on) throws StoreException;
  }
}
