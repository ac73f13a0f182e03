package io.datastored.client;

import io.datastored.v1.MaintenanceMode;

/** An operation is what a caller wants to do with a datastore. Immutable. */
public enum Operation {
  /** A question about the configuration. Not counted, never leased. */
  LOOKUP(io.datastored.v1.Operation.OPERATION_LOOKUP),
  /** Any input/output that only reads. Counted. */
  READ(io.datastored.v1.Operation.OPERATION_READ),
  /** Any input/output that writes or deletes. Counted. */
  WRITE(io.datastored.v1.Operation.OPERATION_WRITE);

  private final io.datastored.v1.Operation wire;

  Operation(io.datastored.v1.Operation wire) {
    this.wire = wire;
  }

  io.datastored.v1.Operation wire() {
    return wire;
  }

  /** Whether it is counted, and therefore needs a lease. */
  boolean counted() {
    return this != LOOKUP;
  }

  /** Whether a mode refuses it. A mode from a later version refuses what OFFLINE does. */
  boolean refusedBy(MaintenanceMode mode) {
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
