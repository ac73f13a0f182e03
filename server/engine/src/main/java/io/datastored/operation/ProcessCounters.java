package io.datastored.operation;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.datastored.config.DatastoreName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Process counters are all counters of one process, found by the name of the datastore or by its
 * base path. Thread-safe: the index is guarded, the counters are atomic.
 */
public final class ProcessCounters {

  /** Which process it is; only for people. */
  record Owner(long pid, String program, boolean self) {}

  /** For which datastore a counter was claimed. Immutable. */
  record Label(DatastoreName name, BasePathHash basePath) {}

  private record Labelled(Label label, Counter counter) {}

  private final Owner owner;

  @GuardedBy("this")
  private final Map<DatastoreName, List<Labelled>> byName = new HashMap<>();

  @GuardedBy("this")
  private final Map<BasePathHash, List<Labelled>> byBasePath = new HashMap<>();

  ProcessCounters(Owner owner) {
    this.owner = owner;
  }

  synchronized void add(Label label, Counter counter) {
    Labelled added = new Labelled(label, counter);
    byName.computeIfAbsent(label.name(), name -> new ArrayList<>(1)).add(added);
    byBasePath.computeIfAbsent(label.basePath(), path -> new ArrayList<>(1)).add(added);
  }

  /**
   * What the process has in progress now under a name, on whatever base path: a datastore may have
   * been moved while somebody worked on it.
   */
  public synchronized ProcessOperations operations(DatastoreName name) {
    return sum(byName.getOrDefault(name, List.of()));
  }

  /**
   * The same under a name or on a base path: a datastore may have been renamed by hand while
   * somebody worked on it, and who works under the old name works on the same files.
   */
  public synchronized ProcessOperations operations(DatastoreName name, BasePathHash basePath) {
    List<Labelled> all = new ArrayList<>(byName.getOrDefault(name, List.of()));
    for (Labelled other : byBasePath.getOrDefault(basePath, List.of())) {
      if (!other.label().name().equals(name)) {
        all.add(other);
      }
    }
    return sum(all);
  }

  private ProcessOperations sum(List<Labelled> all) {
    OperationCounts counts = OperationCounts.NONE;
    boolean open = false;
    for (Labelled one : all) {
      counts = counts.plus(one.counter().counts());
      open |= one.counter().held();
    }
    return new ProcessOperations(owner.pid(), owner.program(), counts, open, owner.self());
  }

  @Override
  public String toString() {
    return owner.program() + " (" + owner.pid() + ")";
  }
}
