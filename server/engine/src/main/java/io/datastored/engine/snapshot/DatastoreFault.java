package io.datastored.engine.snapshot;

import io.datastored.config.document.ConfigFault;
import java.time.Instant;

/**
 * A datastore fault is a place in the configuration file that could not be read, and what is served
 * instead. Immutable.
 *
 * @param where the place and the reason
 * @param serving what is served instead
 * @param since when it was first seen, by the wall clock, for display
 */
public record DatastoreFault(ConfigFault where, Serving serving, Instant since) {

  /** What is served for a datastore whose section is faulty. */
  public enum Serving {
    /** The last version of the section that was good. */
    LAST_GOOD,
    /** The section as far as it can be read, closed to READ and WRITE. */
    CLOSED,
    /** Nothing: no good version has ever been seen. */
    NOTHING
  }
}
