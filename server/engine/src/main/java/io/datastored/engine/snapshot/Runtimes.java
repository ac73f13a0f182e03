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
 * Runtimes are the runtimes of one process by datastore and base path. Thread-safe; they are made
 * and dropped only by the thread that publishes a snapshot.
 */
public final class Runtimes implements AutoCloseable {

  /** A runtime belongs to a base path under a name. Immutable. */
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
   * The runtime of a base path: the one that is there, also one of a datastore that was removed and
   * on which somebody still works.
   */
  public DatastoreRuntime of(DatastoreName name, Path basePath) {
    return byKey.computeIfAbsent(
        new Key(name, basePath),
        key ->
            new DatastoreRuntime(
                key.name(), key.basePath(), counters::claim, bulkheads.of(key.basePath())));
  }

  /**
   * The runtime of a base path that its datastore has left, while somebody still works there. It is
   * let go of when that is over.
   */
  public DatastoreRuntime left(DatastoreName name, Path basePath) {
    DatastoreRuntime runtime = of(name, basePath);
    retire(runtime);
    return runtime;
  }

  /** After a swap: tells the runtimes what the new snapshot wants, and sweeps the idle ones. */
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

  /** A device that is gone is let go of just like one whose mode says so. */
  private static boolean evicts(Datastore datastore) {
    return datastore.maintenance().mode().evicts()
        || datastore.mountState() == MountState.NOT_MOUNTED;
  }

  /**
   * Lets go of everything that nobody works on, now or as soon as that is so, and lets nobody begin
   * to work. Idempotent.
   */
  @Override
  public void close() {
    byKey.values().forEach(runtime -> runtime.shut(this::leaveIfAllClosed));
    leaving = true;
    leaveIfAllClosed();
    // What the engine is in is closed next. A file system that hangs is not waited for: its
    // descriptors go with the process.
    bulkheads.awaitQuiet();
  }

  /** Whose a base path is: of a datastore that was removed, too, while somebody works on it. */
  public Optional<DatastoreName> nameOf(Path basePath) {
    return byKey.keySet().stream()
        .filter(key -> key.basePath().equals(basePath))
        .map(Key::name)
        .findFirst();
  }

  /**
   * Takes the counters of this process out of sight when all are closed for good, not earlier: what
   * is counted on them must be seen until it has ended, also after the engine was closed.
   */
  private void leaveIfAllClosed() {
    // A runtime is closed before its last release reads `leaving`, and `leaving` is written before
    // the close looks at the runtimes: of the two that meet, at least one sees the other.
    if (leaving && byKey.values().stream().allMatch(DatastoreRuntime::letGo)) {
      counters.close();
    }
  }
}
