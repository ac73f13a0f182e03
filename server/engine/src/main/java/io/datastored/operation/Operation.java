package io.datastored.operation;

import io.datastored.config.MaintenanceMode;

/**
 * An operation is a kind of access to a datastore. Immutable.
 *
 * <p>{@link #READ} and {@link #WRITE} are counted while they are in progress; {@link #LOOKUP} reads
 * only the configuration, without input or output on the datastore, and is never counted.
 */
public enum Operation {
  /** Any input or output that only reads: restore, verify, statistics. */
  READ,
  /** Any input or output that writes or deletes: backup, garbage collection, prune. */
  WRITE,
  /** A query of the configuration, answered from memory. */
  LOOKUP;

  /** Whether the operation is counted while it is in progress. */
  public boolean counted() {
    return this != LOOKUP;
  }

  /** Whether a datastore in {@code mode} refuses this operation. */
  public boolean refusedBy(MaintenanceMode mode) {
    return switch (this) {
      case READ -> mode.refusesRead();
      case WRITE -> mode.refusesWrite();
      case LOOKUP -> mode.refusesLookup();
    };
  }
}
