package io.datastored.engine;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.datastored.config.DatastoreName;
import io.datastored.generation.AcceptedDatastore;
import io.datastored.generation.AcceptedState;
import io.datastored.mount.MountCheck;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot builder makes the snapshot of an accepted state, and keeps the datastores of the one
 * before that have not changed. Confined to the thread that publishes.
 */
final class SnapshotBuilder {

  private final Runtimes runtimes;
  private final MountCheck mounts;

  SnapshotBuilder(Runtimes runtimes, MountCheck mounts) {
    this.runtimes = runtimes;
    this.mounts = mounts;
  }

  /** Where the runtime of a datastore comes from. */
  private interface RuntimeSource {
    DatastoreRuntime of(DatastoreName name, Path basePath);
  }

  /** The change from {@code before} to the snapshot of {@code state}. */
  Change build(Snapshot before, AcceptedState state, LastGood.Served serving) {
    return build(before, state, serving, runtimes::of);
  }

  /** The same for a snapshot that will not be served; leaves no runtime behind. */
  Change preview(Snapshot before, AcceptedState state, LastGood.Served serving) {
    return build(before, state, serving, DatastoreRuntime::detached);
  }

  private Change build(
      Snapshot before, AcceptedState state, LastGood.Served serving, RuntimeSource source) {
    ImmutableMap.Builder<DatastoreName, Datastore> datastores =
        ImmutableMap.builderWithExpectedSize(serving.sections().size());
    ImmutableSet.Builder<DatastoreName> changed = ImmutableSet.builder();
    for (Map.Entry<DatastoreName, ServedSection> entry : serving.sections().entrySet()) {
      DatastoreName name = entry.getKey();
      AcceptedDatastore accepted = state.datastores().get(name);
      if (accepted == null) {
        throw new IllegalStateException("datastore " + name + " is served but was not accepted");
      }
      Datastore old = before.get(name);
      Datastore now = datastore(name, accepted, entry.getValue(), old, source);
      datastores.put(name, now);
      if (old == null || old.generation().compareTo(now.generation()) != 0) {
        changed.add(name);
      }
    }
    Snapshot after = new Snapshot(state, datastores.buildOrThrow(), serving.faults());
    ImmutableSet.Builder<DatastoreName> removed = ImmutableSet.builder();
    for (Datastore old : before.byName()) {
      if (after.get(old.name()) == null) {
        removed.add(old.name());
      }
    }
    return new Change(before, after, changed.build(), removed.build());
  }

  private Datastore datastore(
      DatastoreName name,
      AcceptedDatastore accepted,
      ServedSection served,
      @Nullable Datastore old,
      RuntimeSource source) {
    if (old != null && old.accepted().equals(accepted) && old.served().equals(served)) {
      return old;
    }
    return new Datastore(name, accepted, served, source.of(name, basePath(name, served)));
  }

  private Path basePath(DatastoreName name, ServedSection served) {
    return served.settings().backingDevice().isPresent()
        ? mounts.mountPoint(name)
        : Path.of(served.settings().path());
  }
}
