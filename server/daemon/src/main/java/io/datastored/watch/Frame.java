package io.datastored.watch;

import com.google.common.collect.ImmutableList;
import io.datastored.config.DatastoreName;
import io.datastored.engine.snapshot.Datastore;
import io.datastored.history.Revision;
import java.time.Duration;

/**
 * A frame is one step of a watch: who has applied it holds exactly the selected part of its
 * revision. Immutable, and cut from one snapshot of the engine.
 */
public sealed interface Frame {
  /** What the watcher holds after it has applied the whole frame. */
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
   * @param removed names that are gone, by name
   * @param generations how many generations that touched the selection the frame stands for
   */
  record Change(
      Revision revision,
      View view,
      ImmutableList<Datastore> changed,
      ImmutableList<DatastoreName> removed,
      long generations)
      implements Frame {}

  /**
   * A bookmark says that everything up to its revision has been handed over. Immutable.
   *
   * @param removable on the first frame of a watch the selected removable datastores, by name;
   *     empty on later ones
   * @param interval how long the stream stays quiet at most
   */
  record Bookmark(Revision revision, ImmutableList<Datastore> removable, Duration interval)
      implements Frame {}
}
