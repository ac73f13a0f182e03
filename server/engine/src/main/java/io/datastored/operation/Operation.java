package io.datastored.operation;

import io.datastored.config.MaintenanceMode;

/**
 * An operation is what a caller wants to do with a datastore. Immutable.
 *
 * <p>{@link #READ} and {@link #WRITE} are counted while they are in progress; {@link #LOOKUP} is a
 * question about the configuration, without input or output on the datastore, and never counted.
 */
public enum Operation {
  /** Any input or output that only reads: restore, verify, statistics. */
  READ,
  /** Any input or output that writes or deletes: backup, garbage collection, prune. */
  WRITE,
  /** A question that is answered from memory. */
  LOOKUP;

  /** Whether the operation is counted while it is in progress. */
  public boolean counted() {
    return this != LOOKUP;
  }

  /** Whether a datastore in {@code mode} refuses to begin this operation. */
  public boolean refusedBy(MaintenanceMode mode) {
    return switch (this) {
      case READ -> mode.refusesRead();
      case WRITE -> mode.refusesWrite();
      case LOOKUP -> mode.refusesLookup();
    };
  }
}
