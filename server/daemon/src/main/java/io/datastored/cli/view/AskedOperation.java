package io.datastored.cli.view;

import io.datastored.v1.Operation;
import java.util.Locale;

/** An asked operation is the operation that the command line requests. Immutable. */
public enum AskedOperation {
  READ(Operation.OPERATION_READ),
  WRITE(Operation.OPERATION_WRITE),
  LOOKUP(Operation.OPERATION_LOOKUP);

  private final Operation wire;

  AskedOperation(Operation wire) {
    this.wire = wire;
  }

  public Operation wire() {
    return wire;
  }

  /** The operation in the client library. */
  public io.datastored.client.Operation asked() {
    return io.datastored.client.Operation.valueOf(name());
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
