package io.datastored.probe;

import java.util.Optional;

/**
 * A measurement is what one probe of a base directory found. Immutable.
 *
 * @param gc empty if there was no readable {@code .gc-status}
 */
public record Measurement(Space space, Optional<GcResult> gc) {}
