package io.datastored.bench.lookup;

import io.datastored.config.DatastoreName;
import io.datastored.engine.Engine;
import io.datastored.engine.Handle;
import io.datastored.operation.Operation;

/** The lookup of the engine. Thread-safe. */
final class EngineArm implements LookupArm {

  private final Engine engine;

  EngineArm(Engine engine) {
    this.engine = engine;
  }

  @Override
  public Begun begin(DatastoreName name, Operation operation) {
    Handle handle = engine.lookup(name, operation).handle();
    return handle::close;
  }

  @Override
  public void close() {
    engine.close();
  }
}
