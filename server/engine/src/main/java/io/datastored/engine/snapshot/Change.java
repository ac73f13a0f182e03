package io.datastored.engine.snapshot;

import com.google.common.collect.ImmutableSet;
import io.datastored.config.DatastoreName;

/**
 * A change is what one swap of the snapshot did. Immutable.
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
   * How many generations the change stands for: 1, or more when other processes committed several
   * before this one looked.
   */
  public long generations() {
    return after.generation() - before.generation();
  }

  /** Whether nothing that is served has changed. */
  boolean isEmpty() {
    return changed.isEmpty() && removed.isEmpty();
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
