package io.datastored.watch;

import com.google.common.collect.ImmutableList;
import io.datastored.config.DatastoreName;
import io.datastored.engine.snapshot.Datastore;
import io.datastored.history.Revision;
import java.time.Duration;

/**
 * A frame is one step of a watch: a client that has applied it holds exactly that part of its
 * revision which is in its scope. Immutable, and cut from one snapshot of the engine.
 */
public sealed interface Frame {
  /** The revision that the watcher holds after it has applied the whole frame. */
  Revision revision();

  /** What the watchers of the frame may see. */
  Scope scope();

  /**
   * A snapshot replaces everything the watcher holds. Immutable.
   *
   * @param datastores every one in scope, by name
   */
  record Snapshot(
      Revision revision, Scope scope, SnapshotReason reason, ImmutableList<Datastore> datastores)
      implements Frame {}

  /**
   * A change is the newest state of what changed since the watcher's cursor. Immutable.
   *
   * @param changed created or changed datastores, by name, and those of which the watcher may now
   *     see more or less than before
   * @param removed removed names, in order, and those that the watcher may no longer see
   * @param generations number of generations touching the scope that the frame covers; 0 if only
   *     the rights have changed
   */
  record Change(
      Revision revision,
      Scope scope,
      ImmutableList<Datastore> changed,
      ImmutableList<DatastoreName> removed,
      long generations)
      implements Frame {}

  /**
   * A bookmark states that everything up to its revision has been handed over. Immutable.
   *
   * @param removable on the first frame of a watch the removable datastores in scope, by name;
   *     empty on later frames
   * @param interval the longest time that the stream stays quiet
   */
  record Bookmark(
      Revision revision, Scope scope, ImmutableList<Datastore> removable, Duration interval)
      implements Frame {}
}
