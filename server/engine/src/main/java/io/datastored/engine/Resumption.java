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
 * A resumption counts operations that were granted before, by a process that is gone, on a base
 * path which their datastore has left since. Thread-safe: immutable.
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

  /** Counts an operation where it was granted. Its mode is not asked, as it has begun. */
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
        // Counted, then looked whether the runtime is still known. Not looked: it is forgotten in
        // between because nobody works on it, and nobody would wait for its operation at the end.
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
