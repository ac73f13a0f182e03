package io.datastored.engine.health;

import java.time.Duration;

/**
 * Edit detection is how edits of the configuration file are found. Immutable.
 *
 * @param digestCheck how often the file is compared, whatever the system says
 */
public record EditDetection(Way way, Duration digestCheck) {

  /** What finds an edit first. */
  public enum Way {
    /** The operating system tells of it. */
    WATCH,
    /** Nothing but looking from time to time. */
    PERIODIC
  }
}
