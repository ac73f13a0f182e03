package io.datastored.engine;

import com.google.common.collect.ImmutableList;
import io.datastored.config.DatastoreName;
import io.datastored.config.PropertyFault;
import io.datastored.engine.snapshot.Datastore;
import io.datastored.engine.snapshot.Maintenance;
import io.datastored.engine.snapshot.Snapshot;
import io.datastored.history.Revision;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A write outcome is the result of a write: {@link Written}, {@link Removed} or {@link Rejected}.
 * Immutable.
 */
public sealed interface WriteOutcome {

  /**
   * The outcome for a datastore.
   *
   * @param revision of the change, or the present one if nothing changed
   */
  static WriteOutcome of(DatastoreName name, Snapshot before, Snapshot after, Revision revision) {
    Maintenance previous = before.find(name).map(Datastore::maintenance).orElse(Maintenance.NONE);
    return after
        .find(name)
        .<WriteOutcome>map(present -> new Written(present, before.revision(), revision, previous))
        .orElseGet(() -> new Removed(before.revision(), revision));
  }

  /**
   * The write is committed, or would have been, or changes nothing.
   *
   * @param datastore the datastore after the write
   * @param before the revision that was decided on
   * @param revision of the change, or the present one if nothing changed
   * @param previous the maintenance before the write; if the write set the present mode again, the
   *     maintenance before that mode, as in the first answer
   */
  record Written(Datastore datastore, Revision before, Revision revision, Maintenance previous)
      implements WriteOutcome {

    /** Whether this write has changed something that is served. */
    public boolean changed() {
      return !before.equals(revision);
    }
  }

  /**
   * The section is removed, or would have been.
   *
   * @param before the revision that was decided on
   * @param revision of the removal, or the present one if nothing had to be changed
   */
  record Removed(Revision before, Revision revision) implements WriteOutcome {}

  /**
   * Nothing was changed, unless the reason is OUTCOME_UNKNOWN.
   *
   * @param reason why
   * @param name the datastore
   * @param revision the revision that was decided on
   * @param present the datastore as it is, if there is one
   * @param faults the faults of the settings
   * @param detail one sentence for display
   */
  record Rejected(
      Reason reason,
      DatastoreName name,
      Revision revision,
      Optional<Datastore> present,
      ImmutableList<PropertyFault> faults,
      String detail)
      implements WriteOutcome {

    /** The rejection as shown to a caller that may not see every datastore. */
    public Rejected hiding(Predicate<DatastoreName> hidden) {
      ImmutableList<PropertyFault> told =
          faults.stream()
              .map(fault -> fault.other().filter(hidden).isPresent() ? fault.withoutOther() : fault)
              .collect(ImmutableList.toImmutableList());
      boolean isFirst = !faults.isEmpty() && detail.equals(faults.get(0).message());
      return new Rejected(
          reason, name, revision, present, told, isFirst ? told.get(0).message() : detail);
    }

    /** Why a write is rejected. */
    public enum Reason {
      /** A datastore of that name already exists. */
      EXISTS,
      /** There is no datastore of that name. */
      UNKNOWN_DATASTORE,
      /** The datastore has changed since the caller read it. */
      ETAG_MISMATCH,
      /** The present maintenance mode can be left only by a caller that has seen it. */
      MODE_CHANGE_REFUSED,
      /** The datastore is not in mode DELETE, or something is still in progress on it. */
      IN_USE,
      /**
       * The settings are not valid, or the section in the file is faulty and must be corrected
       * there.
       */
      CONFIG_INVALID,
      /** The file could not be written, or another process holds the lock. */
      STORE_UNAVAILABLE,
      /** Writing failed after a step that may have taken effect. */
      OUTCOME_UNKNOWN,
      /** The caller went away before the commit began. */
      CANCELLED,
      /** The configuration could not be brought up to date first. */
      NOT_READY
    }
  }
}
