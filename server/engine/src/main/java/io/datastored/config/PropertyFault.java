package io.datastored.config;

import java.util.Optional;

/**
 * A property fault is one reason why settings cannot be written. Immutable.
 *
 * @param property the key in the file, an inner key after a dot: {@code comment}, {@code
 *     tuning.gc-atime-cutoff}
 * @param message one sentence for the author of the value
 * @param other the other datastore that the message names
 */
public record PropertyFault(String property, String message, Optional<DatastoreName> other) {

  /** A fault that names no other datastore. */
  public PropertyFault(String property, String message) {
    this(property, message, Optional.empty());
  }

  /**
   * A fault between two datastores.
   *
   * @param message what it is; the other one is named after it
   */
  public static PropertyFault with(DatastoreName other, String property, String message) {
    return new PropertyFault(property, message + " " + named(other), Optional.of(other));
  }

  /** The fault as shown to a caller that may not see the other datastore. */
  public PropertyFault withoutOther() {
    return other
        .map(name -> new PropertyFault(property, message.replace(named(name), "another datastore")))
        .orElse(this);
  }

  private static String named(DatastoreName other) {
    return "datastore '" + other + "'";
  }
}
