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
import java.util.Optional;

/**
 * A resumption counts operations that were granted by a process which has exited, and that are
 * still running. Neither the mode nor the device is checked: the operation has already started, and
 * a drain must see it. Thread-safe: immutable.
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
   * Counts an operation.
   *
   * @param ground the base path where it was granted; empty: the present one of its datastore
   */
  Lookup of(DatastoreName name, Operation operation, Optional<Path> ground) {
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
        Path present = datastore.basePath();
        Optional<Path> left = ground.filter(path -> !path.equals(present));
        DatastoreRuntime runtime =
            left.map(path -> runtimes.left(name, path)).orElseGet(datastore::runtime);
        Stripe counted = runtime.enterAgain(operation);
        boolean kept = false;
        try {
          // Count first, then check again. If this checked only before the count, the datastore
          // could be moved or removed in between, and the count would be on a base path that no
          // drain reads; and a runtime of a path that was left could be dropped in between because
          // it was idle, and no close would wait for its operation.
          Datastore again =
              left.isPresent()
                  ? datastore.on(runtimes.of(name, left.get()))
                  : admission.fresh().get(name);
          if (again != null && again.runtime() == runtime) {
            kept = true;
            return new Handle(again, snapshot.revision(), operation, again.mountState(), counted);
          }
        } finally {
          if (!kept) {
            runtime.exit(counted, operation);
          }
        }
      } catch (StoreException e) {
        return Refused.notReady(snapshot, name, operation, e.getMessage());
      }
    }
  }
}
