package io.datastored.client;

import org.jspecify.annotations.Nullable;

/**
 * A lease slot is the place of the one lease that all local handles of a datastore and operation
 * share. Thread-safe: the loop puts leases in and takes them out, lookups read.
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

  /** By the loop only. */
  void put(SharedLease granted) {
    lease = granted;
  }

  /** By the loop only: takes it out, if it has not been replaced yet. */
  void remove(SharedLease gone) {
    if (lease == gone) {
      lease = null;
    }
  }
}
