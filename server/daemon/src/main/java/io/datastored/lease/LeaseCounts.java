package io.datastored.lease;

import io.datastored.access.Limit;
import io.datastored.access.Principal;
import io.datastored.access.Shares;
import io.datastored.config.DatastoreName;
import io.datastored.operation.Operation;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Lease counts are the numbers of live leases, in total and per datastore, and of leases that were
 * ended by force and are still counted. The total has a limit. Thread-safe.
 *
 * <p>Only live leases take a place. This also bounds the ended leases that are remembered: each was
 * live for at least one ttl and is remembered for one more.
 */
final class LeaseCounts {

  private final Shares places;

  /** Bounded by the number of datastores that ever had a lease. */
  private final ConcurrentHashMap<DatastoreName, OnDatastore> byDatastore =
      new ConcurrentHashMap<>();

  /** The counts of one datastore. Thread-safe. */
  private record OnDatastore(LongAdder reads, LongAdder writes, LongAdder forced) {
    LongAdder of(Operation operation) {
      return operation == Operation.READ ? reads : writes;
    }
  }

  private final LongAdder forced = new LongAdder();

  LeaseCounts(long limit, int share) {
    this.places = new Shares(new Limit("max-leases", limit), share);
  }

  /** The places; take one for each lease before it is granted. */
  Shares places() {
    return places;
  }

  /** Counts a lease on that datastore; its place was taken before. */
  void granted(DatastoreName datastore, Operation operation) {
    of(datastore).of(operation).increment();
  }

  /** Records the end of a lease on that datastore. */
  void ended(DatastoreName datastore, Operation operation, Principal holder) {
    of(datastore).of(operation).decrement();
    places.giveBack(holder);
  }

  /** Counts a lease on that datastore that is about to be ended by force. */
  void forcing(DatastoreName datastore) {
    of(datastore).forced.increment();
    forced.increment();
  }

  /**
   * Records that a lease ended by force is no longer counted, or was not ended by force after all.
   */
  void forcedEnded(DatastoreName datastore) {
    of(datastore).forced.decrement();
    forced.decrement();
  }

  long total() {
    return places.taken();
  }

  long forced() {
    return forced.sum();
  }

  long on(DatastoreName datastore) {
    return on(datastore, Operation.READ) + on(datastore, Operation.WRITE);
  }

  /** The number of live leases of one counted kind. */
  long on(DatastoreName datastore, Operation operation) {
    OnDatastore counts = byDatastore.get(datastore);
    return counts == null ? 0 : counts.of(operation).sum();
  }

  long forcedOn(DatastoreName datastore) {
    OnDatastore counts = byDatastore.get(datastore);
    return counts == null ? 0 : counts.forced.sum();
  }

  private OnDatastore of(DatastoreName datastore) {
    OnDatastore counts = byDatastore.get(datastore);
    return counts != null
        ? counts
        : byDatastore.computeIfAbsent(
            datastore,
            unused -> new OnDatastore(new LongAdder(), new LongAdder(), new LongAdder()));
  }
}
