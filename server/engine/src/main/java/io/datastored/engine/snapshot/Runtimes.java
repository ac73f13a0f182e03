package io.datastored.engine.snapshot;

import io.datastored.config.DatastoreName;
import io.datastored.mount.Bulkheads;
import io.datastored.mount.MountState;
import io.datastored.operation.Counters;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Runtimes are the runtimes of one process by datastore and base path. Thread-safe; only the thread
 * that publishes a snapshot creates and drops them.
 */
public final class Runtimes implements AutoCloseable {

  /** A runtime belongs to a base path and a name. Immutable. */
  private record Key(DatastoreName name, Path basePath) {}

  private final Counters counters;
  private final Bulkheads bulkheads;
  private final Map<Key, DatastoreRuntime> byKey = new ConcurrentHashMap<>();
  private final Map<Key, DatastoreRuntime> retired = new ConcurrentHashMap<>();
  private volatile boolean leaving;

  public Runtimes(Counters counters, Bulkheads bulkheads) {
    this.counters = counters;
    this.bulkheads = bulkheads;
  }

  /**
   * The runtime of a base path. An existing one is reused, including that of a removed datastore
   * that is still in use.
   */
  public DatastoreRuntime of(DatastoreName name, Path basePath) {
    return byKey.computeIfAbsent(
        new Key(name, basePath),
        key ->
            new DatastoreRuntime(
                key.name(), key.basePath(), counters::claim, bulkheads.of(key.basePath())));
  }

  /**
   * The runtime of a base path that its datastore has left, while operations there continue. It is
   * released when they have ended.
   */
  public DatastoreRuntime left(DatastoreName name, Path basePath) {
    DatastoreRuntime runtime = of(name, basePath);
    retire(runtime);
    return runtime;
  }

  /** Applies a new snapshot to the runtimes, and removes the idle ones. Called after the swap. */
  public void follow(Change change) {
    for (DatastoreName name : change.changed()) {
      Datastore now = change.after().get(name);
      Datastore old = change.before().get(name);
      if (now != null) {
        retired.remove(new Key(name, now.basePath()));
        now.runtime().evict(evicts(now));
      }
      if (old != null && (now == null || now.runtime() != old.runtime())) {
        retire(old.runtime());
      }
    }
    for (DatastoreName name : change.removed()) {
      Datastore old = change.before().get(name);
      if (old != null) {
        retire(old.runtime());
      }
    }
    retired.forEach(
        (key, runtime) -> {
          if (runtime.letGo()) {
            retired.remove(key);
            byKey.remove(key);
            if (byKey.keySet().stream()
                .noneMatch(other -> other.basePath().equals(key.basePath()))) {
              bulkheads.forget(key.basePath());
            }
          }
        });
  }

  private void retire(DatastoreRuntime runtime) {
    retired.put(new Key(runtime.name(), runtime.basePath()), runtime);
    runtime.evict(true);
  }

  /** Whether the lock file must be closed: because of the mode, or because the device is gone. */
  private static boolean evicts(Datastore datastore) {
    return datastore.maintenance().mode().evicts()
        || datastore.mountState() == MountState.NOT_MOUNTED;
  }

  /**
   * Closes every runtime, now or as soon as it is idle, and prevents new operations. Idempotent.
   */
  @Override
  public void close() {
    byKey.values().forEach(runtime -> runtime.shut(this::leaveIfAllClosed));
    leaving = true;
    leaveIfAllClosed();
    // The files that the runtimes use are closed next. A file system that hangs is not waited for:
    // its descriptors are closed when the process exits.
    bulkheads.awaitQuiet();
  }

  /** The datastore of a base path, including a removed one that is still in use. */
  public Optional<DatastoreName> nameOf(Path basePath) {
    return byKey.keySet().stream()
        .filter(key -> key.basePath().equals(basePath))
        .map(Key::name)
        .findFirst();
  }

  /**
   * Removes the counters of this process when all are closed for good, and not earlier: other
   * processes must see the operations counted on them until they have ended, even after the engine
   * was closed.
   */
  private void leaveIfAllClosed() {
    // A runtime is closed before its last release reads `leaving`, and `leaving` is written before
    // the close reads the runtimes: if the two are concurrent, at least one sees the other.
    if (leaving && byKey.values().stream().allMatch(DatastoreRuntime::letGo)) {
      counters.close();
    }
  }
}
