package io.datastored.lease;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Spent is the ids of leases of the run before that are over: given back, whether or not they had
 * been reclaimed, or ended. A delayed ask must not reclaim them once more. Thread-safe: one
 * concurrent set, which is empty when the recovery is over.
 */
final class Spent {

  private final Recovery recovery;
  private final long limit;
  private final Set<LeaseId> ids = ConcurrentHashMap.newKeySet();

  /**
   * @param limit about how many are kept. One that is not can be reclaimed by a delayed ask; its
   *     client then finds by KeepAlive that it has one lease more than it knows of
   */
  Spent(Recovery recovery, long limit) {
    this.recovery = recovery;
    this.limit = limit;
  }

  void note(LeaseId id) {
    if (recovery.active() && ids.size() < limit) {
      ids.add(id);
    }
  }

  boolean contains(LeaseId id) {
    return ids.contains(id);
  }

  /** Forgets them when nothing can be reclaimed any more. */
  void sweep() {
    if (!ids.isEmpty() && !recovery.active()) {
      ids.clear();
    }
  }
}
