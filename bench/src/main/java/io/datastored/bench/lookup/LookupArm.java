package io.datastored.bench.lookup;

import io.datastored.config.DatastoreName;
import io.datastored.operation.Operation;
import java.io.IOException;

/** A lookup arm is one way to look up and release. Thread-safe. */
interface LookupArm extends AutoCloseable {

  /**
   * Begins an operation.
   *
   * @throws IOException when it is refused
   */
  Begun begin(DatastoreName name, Operation operation) throws IOException;

  @Override
  void close() throws IOException;

  /** Something begun is closed to end it. */
  interface Begun extends AutoCloseable {
    @Override
    void close() throws IOException;
  }
}
