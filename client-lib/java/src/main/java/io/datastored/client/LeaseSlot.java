package io.datastored.client;

import org.jspecify.annotations.Nullable;

/**
 * A lease slot holds the lease that all local handles of a datastore and operation share.
 * Thread-safe: the loop sets and removes the lease, lookups read it.
 */
final class LeaseSlot {

  private final String datastore;
  private final Operation operation;
  private volatile @Nullable SharedLease lease;

  LeaseSlot(String datastore, Operation operation) {
    this.datastore = datastore;
    this.operation = operation;
  }

  String datastore() {
    return datastore;
  }

  Operation operation() {
    return operation;
  }

  @Nullable SharedLease lease() {
    return lease;
  }

  /** Only for the loop. */
  void put(SharedLease granted) {
    lease = granted;
  }

  /** Only for the loop: removes a lease, unless it was already replaced. */
  void remove(SharedLease gone) {
    if (lease == gone) {
      lease = null;
    }
  }
}
