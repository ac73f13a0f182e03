package io.datastored.lease;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.datastored.promise.Recovery;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Released ids are the ids of leases of the run before that are over: given back, whether or not
 * they had been reclaimed, or ended. A delayed ask must not reclaim them once more. Thread-safe:
 * under its lock, in which nothing waits; empty when the recovery is over.
 *
 * <p>An id counts for the principal that gave it back: otherwise anybody could keep the leases of
 * others from being continued.
 */
final class ReleasedIds {

  /** What a lease is known by. */
  private record Id(LeaseId lease, Principal by) {}

  private final Recovery recovery;

  @GuardedBy("this")
  private final Set<Id> ids;

  /**
   * @param limit how many are kept, the latest ones: anybody can name ids that never were. One that
   *     is not kept can be reclaimed by a delayed ask; its client then finds by KeepAlive that it
   *     has one lease more than it knows of
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

  /** Forgets them when nothing can be reclaimed any more. */
  synchronized void sweep() {
    if (!ids.isEmpty() && !recovery.active()) {
      ids.clear();
    }
  }
}
