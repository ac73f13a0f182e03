package io.datastored.engine.health;

import java.time.Duration;

/**
 * Edit detection is how edits of the configuration file are detected. Immutable.
 *
 * @param digestCheck how often the file is compared, with or without notifications
 */
public record EditDetection(Way way, Duration digestCheck) {

  /** What detects an edit first. */
  public enum Way {
    /** A notification of the operating system. */
    WATCH,
    /** Only the periodic comparison. */
    PERIODIC
  }
}
