package io.datastored.operation;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.datastored.config.DatastoreName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Process counters are all counters of one process, indexed by the name and the base path of the
 * datastore. Thread-safe: the index is guarded, the counters are atomic.
 */
public final class ProcessCounters {

  /** The process, for display only. */
  record Owner(long pid, String program, boolean self) {}

  /** The datastore for which a counter was claimed. Immutable. */
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
   * The process's operations in progress under a name, on any base path: a datastore may have been
   * moved while it was in use.
   */
  public synchronized ProcessOperations operations(DatastoreName name) {
    return sum(byName.getOrDefault(name, List.of()));
  }

  /**
   * The process's operations in progress under a name or on a base path: a datastore may have been
   * renamed by hand while in use, and operations under the old name use the same files.
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
