package io.datastored.lease;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.datastored.access.Principal;
import io.datastored.promise.Recovery;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Released ids are the ids of leases of the previous run that are over: released, whether or not
 * they were reclaimed, or ended. They keep a delayed request from reclaiming such a lease again.
 * Thread-safe: under its lock, in which nothing waits; empty after recovery.
 *
 * <p>An id counts for the principal that released it: otherwise any client could prevent others
 * from continuing their leases.
 */
final class ReleasedIds {

  /** The identity of a lease here. */
  private record Id(LeaseId lease, Principal by) {}

  private final Recovery recovery;

  @GuardedBy("this")
  private final Set<Id> ids;

  /**
   * @param limit how many are kept, the latest ones: a client can name ids that never existed. An
   *     id that was dropped can be reclaimed by a delayed request; its client then sees in
   *     KeepAlive that it has one lease more than it knows of
   */
  ReleasedIds(Recovery recovery, int limit) {
    this.recovery = recovery;
    this.ids =
        Collections.newSetFromMap(
            new LinkedHashMap<>() {
              @Override
              protected boolean removeEldestEntry(Map.Entry<Id, Boolean> eldest) {
                return size() > limit;
              }
            });
  }

  void note(LeaseId id, Principal by) {
    if (recovery.active()) {
      synchronized (this) {
        ids.add(new Id(id, by));
      }
    }
  }

  synchronized boolean contains(LeaseId id, Principal by) {
    return ids.contains(new Id(id, by));
  }

  synchronized int size() {
    return ids.size();
  }

  /** Forgets the ids when nothing can be reclaimed. */
  synchronized void sweep() {
    if (!ids.isEmpty() && !recovery.active()) {
      ids.clear();
    }
  }
}
