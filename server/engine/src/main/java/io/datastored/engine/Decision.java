package io.datastored.engine;

import io.datastored.config.DatastoreName;
import io.datastored.config.document.ConfigDocument;
import io.datastored.engine.snapshot.ModeAnnotations;
import io.datastored.engine.snapshot.Snapshot;
import io.datastored.file.StoreException;
import java.util.Map;
import java.util.Optional;

/** A decision is what a write makes of the present configuration. Immutable. */
sealed interface Decision {

  /**
   * Nothing is to be changed.
   *
   * @param outcome a refusal, or that it is so already
   */
  record Answer(WriteOutcome outcome) implements Decision {}

  /**
   * The configuration is to be replaced.
   *
   * @param next that takes its place
   * @param notes what only the caller knows of a datastore's mode
   * @param guard asked last
   */
  record Change(ConfigDocument next, Map<DatastoreName, ModeAnnotations> notes, Guard guard)
      implements Decision {}

  /**
   * A guard is a question that the configuration does not answer. It is asked while the store is
   * held, on the snapshot that was decided on: until the change is committed nobody can make
   * another one.
   */
  interface Guard {

    /** There is no such question. */
    Guard NONE = on -> Optional.empty();

    /** What is in the way of the change, one sentence; empty when it may be made. */
    Optional<String> inTheWay(Snapshot on) throws StoreException;
  }
}
