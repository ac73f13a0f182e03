package io.datastored.engine.snapshot;

import com.google.common.collect.ImmutableSet;
import io.datastored.config.DatastoreName;
import io.datastored.config.DatastoreSettings;
import io.datastored.config.NameMap;
import io.datastored.history.AcceptedDatastore;
import io.datastored.history.AcceptedState;
import io.datastored.mount.MountCheck;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A snapshot builder builds the snapshot of an accepted state, and reuses unchanged datastores of
 * the previous one. Confined to the thread that publishes.
 */
public final class SnapshotBuilder {

  private static final Logger log = LoggerFactory.getLogger(SnapshotBuilder.class);

  /** A directory that cannot exist: its parent is a device. */
  private static final Path NOWHERE = Path.of("/dev/null/no-such-path");

  private final Runtimes runtimes;
  private final MountCheck mounts;

  public SnapshotBuilder(Runtimes runtimes, MountCheck mounts) {
    this.runtimes = runtimes;
    this.mounts = mounts;
  }

  /** Provides the runtime of a datastore. */
  private interface RuntimeSource {
    DatastoreRuntime of(DatastoreName name, Path basePath);
  }

  /** The change from {@code before} to the snapshot of {@code state}. */
  public Change build(Snapshot before, AcceptedState state, LastGood.Served serving) {
    return build(before, state, serving, runtimes::of);
  }

  /** The change to a snapshot that will not be served. Creates no runtime. */
  public Change preview(Snapshot before, AcceptedState state, LastGood.Served serving) {
    return build(before, state, serving, DatastoreRuntime::detached);
  }

  private Change build(
      Snapshot before, AcceptedState state, LastGood.Served serving, RuntimeSource source) {
    NameMap.Builder<Datastore> datastores =
        NameMap.builder(serving.sections(), serving.sections().size());
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
    Snapshot after = new Snapshot(state, datastores.build(), serving);
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
    return new Datastore(
        name, accepted, served, source.of(name, basePath(name, served.settings())));
  }

  /** The base directory of a datastore with these settings. */
  public Path basePath(DatastoreName name, DatastoreSettings settings) {
    return settings.backingDevice().isPresent()
        ? mounts.mountPoint(name)
        : pathOf(name, settings.path());
  }

  /**
   * The path of a base directory. In a locale that cannot encode it (POSIX has only ASCII) none of
   * its files can be opened. The section is still good, and other processes serve it, so it gets a
   * path that cannot exist rather than one that may belong to another datastore.
   */
  static Path pathOf(DatastoreName name, String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      log.atWarn()
          .addKeyValue("datastore", name)
          .log(
              "the path cannot be encoded in this process's locale; start the server with LC_ALL=C.UTF-8");
      return NOWHERE.resolve(name.value());
    }
  }
}
