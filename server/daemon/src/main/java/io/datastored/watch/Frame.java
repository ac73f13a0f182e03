package io.datastored.watch;

import com.google.common.collect.ImmutableList;
import io.datastored.config.DatastoreName;
import io.datastored.engine.snapshot.Datastore;
import io.datastored.history.Revision;
import java.time.Duration;

/**
 * A frame is one step of a watch: a client that has applied it holds exactly the selected part of
 * its revision. Immutable, and cut from one snapshot of the engine.
 */
public sealed interface Frame {
  /** The revision that the watcher holds after it has applied the whole frame. */
  Revision revision();

  /**
   * A snapshot replaces everything the watcher holds. Immutable.
   *
   * @param datastores every selected one, by name
   */
  record Snapshot(
      Revision revision, View view, SnapshotReason reason, ImmutableList<Datastore> datastores)
      implements Frame {}

  /**
   * A change is the newest state of what changed since the watcher's cursor. Immutable.
   *
   * @param changed created or changed datastores, by name
   * @param removed removed names, in order
   * @param generations number of generations touching the selection that the frame covers
   */
  record Change(
      Revision revision,
      View view,
      ImmutableList<Datastore> changed,
      ImmutableList<DatastoreName> removed,
      long generations)
      implements Frame {}

  /**
   * A bookmark states that everything up to its revision has been handed over. Immutable.
   *
   * @param removable on the first frame of a watch the selected removable datastores, by name;
   *     empty on later frames
   * @param interval the longest time that the stream stays quiet
   */
  record Bookmark(Revision revision, ImmutableList<Datastore> removable, Duration interval)
      implements Frame {}
}
