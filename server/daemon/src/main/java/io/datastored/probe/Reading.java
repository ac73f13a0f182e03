package io.datastored.probe;

import java.time.Duration;
import java.util.Optional;

/**
 * A reading is the last known measurement of a datastore with its age. Immutable.
 *
 * @param measurement empty if there never was one
 * @param age of the measurement; zero if there is none
 * @param error why the last attempt failed; empty if it succeeded or there was none
 */
public record Reading(Optional<Measurement> measurement, Duration age, String error) {
  static final Reading NONE = new Reading(Optional.empty(), Duration.ZERO, "");
}
