package io.datastored.neighbour;

import java.util.Optional;

/** A neighbour is another program that may use the same datastores. Thread-safe. */
public interface Neighbour {

  /** There is none. */
  Neighbour NONE = Optional::empty;

  /**
   * Looks whether there may be operations that this server does not see. Touches the disk.
   *
   * @return empty when there are none
   */
  Optional<UnseenOperations> look();
}
