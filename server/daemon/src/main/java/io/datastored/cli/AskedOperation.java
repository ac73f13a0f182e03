package io.datastored.cli;

import io.datastored.v1.Operation;
import java.util.Locale;

/** The operation that the command line asks for. Immutable. */
enum AskedOperation {
  READ(Operation.OPERATION_READ),
  WRITE(Operation.OPERATION_WRITE),
  LOOKUP(Operation.OPERATION_LOOKUP);

  private final Operation wire;

  AskedOperation(Operation wire) {
    this.wire = wire;
  }

  Operation wire() {
    return wire;
  }

  /** As the client library calls it. */
  io.datastored.client.Operation asked() {
    return io.datastored.client.Operation.valueOf(name());
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
