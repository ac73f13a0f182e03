package io.datastored.engine;

import com.google.common.collect.ImmutableList;
import io.datastored.config.DatastoreName;
import io.datastored.config.PropertyFault;
import io.datastored.engine.snapshot.Datastore;
import io.datastored.engine.snapshot.Maintenance;
import io.datastored.engine.snapshot.Snapshot;
import io.datastored.history.Revision;
import java.util.Optional;

/**
 * A write outcome is what became of a write: {@link Written}, {@link Removed} or {@link Rejected}.
 * Immutable.
 */
public sealed interface WriteOutcome {

  /**
   * What became of a datastore.
   *
   * @param revision of the change, or the present one when nothing changed
   */
  static WriteOutcome of(DatastoreName name, Snapshot before, Snapshot after, Revision revision) {
    Maintenance previous = before.find(name).map(Datastore::maintenance).orElse(Maintenance.NONE);
    return after
        .find(name)
        .<WriteOutcome>map(present -> new Written(present, revision, previous))
        .orElseGet(() -> new Removed(revision));
  }

  /**
   * The write is committed, or would have been, or changes nothing.
   *
   * @param datastore the datastore after the write
   * @param revision of the change, or the present one when nothing changed
   * @param previous the maintenance before the write; when the write set what was set already, the
   *     one before that was set, as the first answer told
   */
  record Written(Datastore datastore, Revision revision, Maintenance previous)
      implements WriteOutcome {}

  /**
   * The section is removed, or would have been.
   *
   * @param revision of the removal, or the present one when nothing was to be changed
   */
  record Removed(Revision revision) implements WriteOutcome {}

  /**
   * Nothing was changed, unless the reason says that nobody knows.
   *
   * @param reason why
   * @param name the datastore
   * @param revision the revision that was decided on
   * @param present the datastore as it is, when there is one
   * @param faults what is wrong with the settings
   * @param detail one sentence for people
   */
  record Rejected(
      Reason reason,
      DatastoreName name,
      Revision revision,
      Optional<Datastore> present,
      ImmutableList<PropertyFault> faults,
      String detail)
      implements WriteOutcome {

    /** Why a write is rejected. */
    public enum Reason {
      /** A datastore of that name is there already. */
      EXISTS,
      /** There is no datastore of that name. */
      UNKNOWN_DATASTORE,
      /** The datastore has changed since the caller read it. */
      ETAG_MISMATCH,
      /** The present maintenance mode must not be left by who has not seen it. */
      MODE_CHANGE_REFUSED,
      /** The datastore is not in mode DELETE, or something is still in progress on it. */
      IN_USE,
      /**
       * The settings are not valid, or the section in the file is faulty and must be mended there.
       */
      CONFIG_INVALID,
      /** The file could not be written, or another process holds the lock. */
      STORE_UNAVAILABLE,
      /** Writing failed after a step that may have taken effect. */
      OUTCOME_UNKNOWN,
      /** Its caller has gone before the commit began. */
      CANCELLED,
      /** The configuration could not be brought up to date first. */
      NOT_READY
    }
  }
}
