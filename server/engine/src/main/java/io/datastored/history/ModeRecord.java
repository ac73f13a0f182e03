package io.datastored.history;

import io.datastored.config.MaintenanceSetting;
import java.time.Instant;
import java.util.Optional;

/**
 * A mode record is what is remembered of a datastore's maintenance mode beyond what the
 * configuration says. Immutable.
 *
 * @param setting the mode and message that are set, as committed
 * @param generation the generation that set them, NONE when they have never been changed
 * @param since when they were first seen, by the wall clock, for people
 * @param expectedEnd when the operator expects to be done, as told
 * @param setBy who set them, as told; empty when they came from an edit of the file
 * @param before what they took the place of, without what was before that; empty when that was
 *     {@link #NEVER_SET}
 */
public record ModeRecord(
    MaintenanceSetting setting,
    Generation generation,
    Optional<Instant> since,
    Optional<Instant> expectedEnd,
    Optional<String> setBy,
    Optional<ModeRecord> before) {

  /** What is remembered of a datastore that has always been in service. */
  public static final ModeRecord NEVER_SET =
      new ModeRecord(
          MaintenanceSetting.NONE,
          Generation.NONE,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());

  /** The same for what follows to remember. */
  Optional<ModeRecord> asBefore() {
    ModeRecord alone =
        new ModeRecord(setting, generation, since, expectedEnd, setBy, Optional.empty());
    return alone.equals(NEVER_SET) ? Optional.empty() : Optional.of(alone);
  }

  /** A copy that remembers what was before. */
  ModeRecord after(Optional<ModeRecord> other) {
    return new ModeRecord(setting, generation, since, expectedEnd, setBy, other);
  }
}
