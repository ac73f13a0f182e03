package io.datastored.lease;

import io.datastored.config.DatastoreName;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * Lease counts is how many leases are live, in total under a limit, and on each datastore.
 * Thread-safe: the total is one atomic word, so the limit is never passed.
 *
 * <p>Only live leases count. The ended ones that are remembered are bounded by them: each was live
 * for a ttl at least and is remembered for one more.
 */
final class LeaseCounts {

  private final long limit;
  private final AtomicLong total = new AtomicLong();

  /** Bounded by the datastores that ever had a lease. */
  private final ConcurrentHashMap<DatastoreName, LongAdder> byDatastore = new ConcurrentHashMap<>();

  LeaseCounts(long limit) {
    this.limit = limit;
  }

  long limit() {
    return limit;
  }

  /** Takes a place for one more lease; false when there is none. */
  boolean tryReserve() {
    if (total.incrementAndGet() > limit) {
      total.decrementAndGet();
      return false;
    }
    return true;
  }

  /** Gives a place back for which no lease came. */
  void cancel() {
    total.decrementAndGet();
  }

  /** The lease for a place that was taken is on that datastore. */
  void granted(DatastoreName datastore) {
    LongAdder counter = byDatastore.get(datastore);
    if (counter == null) {
      counter = byDatastore.computeIfAbsent(datastore, unused -> new LongAdder());
    }
    counter.increment();
  }

  /** A lease on that datastore is over. */
  void ended(DatastoreName datastore) {
    LongAdder counter = byDatastore.get(datastore);
    if (counter != null) {
      counter.decrement();
    }
    total.decrementAndGet();
  }

  boolean isFull() {
    return total.get() >= limit;
  }

  long total() {
    return total.get();
  }

  long on(DatastoreName datastore) {
    LongAdder counter = byDatastore.get(datastore);
    return counter == null ? 0 : counter.sum();
  }
}
