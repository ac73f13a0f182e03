package io.datastored.probe;

import java.time.Duration;
import java.util.Optional;

/**
 * A reading is the last known measurement of a datastore with its age. Immutable.
 *
 * @param measurement empty when there never was one
 * @param age of the measurement; zero when there is none
 * @param error why the last attempt brought no newer one; empty when it did or there was no attempt
 */
public record Reading(Optional<Measurement> measurement, Duration age, String error) {
  static final Reading NONE = new Reading(Optional.empty(), Duration.ZERO, "");
}
