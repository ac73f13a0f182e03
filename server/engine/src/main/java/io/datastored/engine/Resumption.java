package io.datastored.engine;

import io.datastored.config.DatastoreName;
import io.datastored.engine.snapshot.Datastore;
import io.datastored.engine.snapshot.DatastoreRuntime;
import io.datastored.engine.snapshot.Runtimes;
import io.datastored.engine.snapshot.Snapshot;
import io.datastored.file.StoreException;
import io.datastored.operation.Operation;
import io.datastored.operation.Stripe;
import java.nio.file.Path;

/**
 * A resumption counts operations that were granted by a process which has exited, on a base path
 * which their datastore has left since. Thread-safe: immutable.
 */
final class Resumption {

  private final Admission admission;
  private final SnapshotPublisher publisher;
  private final Runtimes runtimes;
  private final EngineHealth health;

  Resumption(
      Admission admission, SnapshotPublisher publisher, Runtimes runtimes, EngineHealth health) {
    this.admission = admission;
    this.publisher = publisher;
    this.runtimes = runtimes;
    this.health = health;
  }

  /**
   * Counts an operation on the base path where it was granted. The mode is not checked: the
   * operation has already started.
   */
  Lookup on(Path basePath, DatastoreName name, Operation operation) {
    while (true) {
      Snapshot snapshot = publisher.current();
      String unusable = health.unusable();
      if (unusable != null) {
        return Refused.notReady(snapshot, name, operation, unusable);
      }
      try {
        snapshot = admission.fresh();
        Datastore datastore = snapshot.get(name);
        if (datastore == null) {
          return Refused.unknown(snapshot, name, operation);
        }
        if (datastore.basePath().equals(basePath)) {
          return admission.resume(name, operation);
        }
        DatastoreRuntime left = runtimes.left(name, basePath);
        Stripe counted = left.enterAgain(operation);
        // Count first, then check that the runtime is still registered. Without the check, the
        // runtime could be dropped in between because it was idle, and no close would wait for its
        // operation.
        if (runtimes.of(name, basePath) == left) {
          return new Handle(
              datastore.on(left), snapshot.revision(), operation, datastore.mountState(), counted);
        }
        left.exit(counted, operation);
      } catch (StoreException e) {
        return Refused.notReady(snapshot, name, operation, e.getMessage());
      }
    }
  }
}
