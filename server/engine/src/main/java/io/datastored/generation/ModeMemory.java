package io.datastored.generation;

import io.datastored.config.MaintenanceSetting;
import java.time.Instant;
import java.util.Optional;

/**
 * A mode memory is what is remembered of a datastore's maintenance mode beyond what the
 * configuration says. Immutable.
 *
 * @param setting the mode and message that are set, as committed
 * @param generation the generation that set them, NONE when they have never been changed
 * @param since when they were first seen, by the wall clock, for people
 * @param expectedEnd when the operator expects to be done, as told
 * @param setBy who set them, as told; empty when they came from an edit of the file
 */
public record ModeMemory(
    MaintenanceSetting setting,
    Generation generation,
    Optional<Instant> since,
    Optional<Instant> expectedEnd,
    Optional<String> setBy) {

  /** What is remembered of a datastore that has always been in service. */
  public static final ModeMemory NEVER_SET =
      new ModeMemory(
          MaintenanceSetting.NONE,
          Generation.NONE,
          Optional.empty(),
          Optional.empty(),
          Optional.empty());
}
