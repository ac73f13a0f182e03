package io.datastored.bench.lookup;

import io.datastored.config.DatastoreName;
import io.datastored.operation.Operation;
import java.io.IOException;

/** A lookup arm is one way to look up and release. Thread-safe. */
interface LookupArm extends AutoCloseable {

  /**
   * Starts an operation.
   *
   * @throws IOException if the operation is refused
   */
  Begun begin(DatastoreName name, Operation operation) throws IOException;

  @Override
  void close() throws IOException;

  /** An operation in progress, which is ended by closing it. */
  interface Begun extends AutoCloseable {
    @Override
    void close() throws IOException;
  }
}
