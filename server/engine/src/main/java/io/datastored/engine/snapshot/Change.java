package io.datastored.engine.snapshot;

import com.google.common.collect.ImmutableSet;
import io.datastored.config.DatastoreName;

/**
 * A change is the difference that one swap of the snapshot made. Immutable.
 *
 * @param before the snapshot that was served
 * @param after the snapshot that is served now
 * @param changed names of datastores that were created or changed
 * @param removed names of datastores that were removed
 */
public record Change(
    Snapshot before,
    Snapshot after,
    ImmutableSet<DatastoreName> changed,
    ImmutableSet<DatastoreName> removed) {

  /**
   * The number of generations that the change covers: 1, or more if other processes committed
   * several before this one checked.
   */
  public long generations() {
    return after.generation() - before.generation();
  }

  @Override
  public String toString() {
    return before.revision()
        + " → "
        + after.revision()
        + " changed "
        + changed
        + " removed "
        + removed;
  }
}
