package io.datastored.client.internal.cache;

import io.datastored.client.Operation;
import org.jspecify.annotations.Nullable;

/**
 * A lease slot holds the lease that all local handles of a datastore and operation share.
 * Thread-safe: the loop sets and removes the lease, lookups read it.
 */
public final class LeaseSlot {

  private final String datastore;
  private final Operation operation;
  private volatile @Nullable SharedLease lease;

  public LeaseSlot(String datastore, Operation operation) {
    this.datastore = datastore;
    this.operation = operation;
  }

  public String datastore() {
    return datastore;
  }

  public Operation operation() {
    return operation;
  }

  public @Nullable SharedLease lease() {
    return lease;
  }

  /** Only for the loop. */
  public void put(SharedLease granted) {
    lease = granted;
  }

  /** Only for the loop: removes a lease, unless it was already replaced. */
  public void remove(SharedLease gone) {
    if (lease == gone) {
      lease = null;
    }
  }
}
