package io.datastored.engine.snapshot;

import java.time.Instant;
import java.util.Optional;

/**
 * Mode annotations are the details of a maintenance mode that the caller of an API gives and the
 * configuration file cannot hold. Immutable.
 *
 * @param expectedEnd when the operator expects to be done
 * @param setBy who sets the mode
 */
public record ModeAnnotations(Optional<Instant> expectedEnd, Optional<String> setBy) {

  static final ModeAnnotations NONE = new ModeAnnotations(Optional.empty(), Optional.empty());
}
