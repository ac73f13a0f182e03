package io.datastored.lease;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.datastored.access.Principal;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * Released ids are the ids of leases which this run did not grant, and that are over: released,
 * whether or not they were reclaimed, or ended. They keep a delayed request from reclaiming such a
 * lease again. Thread-safe: under its lock, in which nothing waits; empty while nothing can be
 * reclaimed.
 *
 * <p>An id counts for the principal that released it: otherwise any client could prevent others
 * from continuing their leases.
 */
final class ReleasedIds {

  /** The identity of a lease here. */
  private record Id(LeaseId lease, Principal by) {}

  private final BooleanSupplier takeOvers;

  @GuardedBy("this")
  private final Set<Id> ids;

  /**
   * @param takeOvers whether leases of others may be continued now
   * @param limit how many are kept, the latest ones: a client can name ids that never existed. An
   *     id that was dropped can be reclaimed by a delayed request; its client then sees in
   *     KeepAlive that it has one lease more than it knows of
   */
  ReleasedIds(BooleanSupplier takeOvers, int limit) {
    this.takeOvers = takeOvers;
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
    if (takeOvers.getAsBoolean()) {
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
    if (!ids.isEmpty() && !takeOvers.getAsBoolean()) {
      ids.clear();
    }
  }
}
