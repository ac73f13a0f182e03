package io.datastored.history;

import io.datastored.config.MaintenanceSetting;
import java.time.Instant;
import java.util.Optional;

/**
 * A mode record holds the details of a datastore's maintenance mode that the configuration cannot
 * hold. Immutable.
 *
 * @param setting the mode and message that are set, as committed
 * @param generation the generation that set them, NONE if they have never been changed
 * @param since when they were first seen, by the wall clock, for display
 * @param expectedEnd when the operator expects to be done, as given by the caller
 * @param setBy who set them, as given by the caller; empty if they came from an edit of the file
 * @param before the record that this one replaced, without its own predecessor; empty if that was
 *     {@link #NEVER_SET}
 */
public record ModeRecord(
    MaintenanceSetting setting,
    Generation generation,
    Optional<Instant> since,
    Optional<Instant> expectedEnd,
    Optional<String> setBy,
    Optional<ModeRecord> before) {

  /** The record of a datastore that has always been in service. */
  public static final ModeRecord NEVER_SET =
      new ModeRecord(
          MaintenanceSetting.NONE,
          Generation.NONE,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());

  /** This record as the predecessor of the next one. */
  Optional<ModeRecord> asBefore() {
    ModeRecord alone =
        new ModeRecord(setting, generation, since, expectedEnd, setBy, Optional.empty());
    return alone.equals(NEVER_SET) ? Optional.empty() : Optional.of(alone);
  }

  /** A copy with this predecessor. */
  ModeRecord after(Optional<ModeRecord> other) {
    return new ModeRecord(setting, generation, since, expectedEnd, setBy, other);
  }
}
