package io.datastored.client;

import io.datastored.v1.MaintenanceMode;

/** An operation is what a caller is going to do with a datastore. Immutable. */
public enum Operation {
  /** A question about the configuration. Not counted, so it has no lease. */
  LOOKUP(io.datastored.v1.Operation.OPERATION_LOOKUP),
  /** Input or output that only reads. Counted. */
  READ(io.datastored.v1.Operation.OPERATION_READ),
  /** Input or output that writes or deletes. Counted. */
  WRITE(io.datastored.v1.Operation.OPERATION_WRITE);

  private final io.datastored.v1.Operation wire;

  Operation(io.datastored.v1.Operation wire) {
    this.wire = wire;
  }

  /** This operation in the messages of the contract. */
  public io.datastored.v1.Operation wire() {
    return wire;
  }

  /** Whether this operation is counted, and so needs a lease. */
  public boolean counted() {
    return this != LOOKUP;
  }

  /**
   * Whether a mode refuses this operation. An unknown mode of a later version is treated as
   * OFFLINE.
   */
  public boolean refusedBy(MaintenanceMode mode) {
    return switch (mode) {
      case MAINTENANCE_MODE_NONE -> false;
      case MAINTENANCE_MODE_READ_ONLY -> this == WRITE;
      case MAINTENANCE_MODE_DELETE -> true;
      case MAINTENANCE_MODE_OFFLINE,
          MAINTENANCE_MODE_UNMOUNT,
          MAINTENANCE_MODE_S3_REFRESH,
          MAINTENANCE_MODE_UNSPECIFIED,
          UNRECOGNIZED ->
          this != LOOKUP;
    };
  }
}
