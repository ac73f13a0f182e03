package io.datastored.lease;

import io.datastored.config.DatastoreName;
import io.datastored.operation.Operation;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Lease counts is how many leases are live, in total under a limit, and on each datastore; and how
 * many were ended by force and are counted still. Thread-safe.
 *
 * <p>Only live leases take a place. The ended ones that are remembered are bounded by them: each
 * was live for a ttl at least and is remembered for one more.
 */
final class LeaseCounts {

  private final Quota places;

  /** Bounded by the datastores that ever had a lease. */
  private final ConcurrentHashMap<DatastoreName, OnDatastore> byDatastore =
      new ConcurrentHashMap<>();

  /** The counts of one datastore. Thread-safe. */
  private record OnDatastore(LongAdder reads, LongAdder writes, LongAdder forced) {
    LongAdder of(Operation operation) {
      return operation == Operation.READ ? reads : writes;
    }
  }

  private final LongAdder forced = new LongAdder();

  LeaseCounts(long limit) {
    this.places = new Quota(new Limit("max-leases", limit));
  }

  /** The places; one is to be taken for each lease, before it is granted. */
  Quota places() {
    return places;
  }

  /** The lease for a place that was taken is on that datastore. */
  void granted(DatastoreName datastore, Operation operation) {
    of(datastore).of(operation).increment();
  }

  /** A lease on that datastore is over. */
  void ended(DatastoreName datastore, Operation operation) {
    of(datastore).of(operation).decrement();
    places.giveBack();
  }

  /** A lease on that datastore is to be ended by force. */
  void forcing(DatastoreName datastore) {
    of(datastore).forced.increment();
    forced.increment();
  }

  /** One that was ended by force is over; or it was not ended by force after all. */
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

  /** Those of one kind, which is a counted one. */
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
