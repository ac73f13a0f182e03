package io.datastored.cli.view;

import io.datastored.v1.Operation;
import java.util.Locale;

/** An asked operation is the operation that the command line requests. Immutable. */
public enum AskedOperation {
  READ,
  WRITE,
  LOOKUP;

  public Operation wire() {
    return Operation.valueOf("OPERATION_" + name());
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
