package io.datastored.probe;

import java.time.Duration;
import java.util.Optional;

/**
 * A reading is the last known measurement of a datastore with its age. Immutable.
 *
 * @param measurement empty if there never was one
 * @param age of the measurement; zero if there is none
 * @param error why the last attempt failed; empty if it succeeded or there was none
 * @param perHour by how many bytes the available space grows in an hour, or shrinks; empty if it
 *     was not measured for long enough
 */
public record Reading(
    Optional<Measurement> measurement, Duration age, String error, Optional<Long> perHour) {

  /** Nothing is known. */
  public static final Reading NONE =
      new Reading(Optional.empty(), Duration.ZERO, "", Optional.empty());
}
