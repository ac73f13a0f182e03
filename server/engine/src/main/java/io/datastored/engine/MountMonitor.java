package io.datastored.engine;

import io.datastored.config.DatastoreName;
import io.datastored.engine.health.PeriodicTask;
import io.datastored.engine.health.PeriodicTasks;
import io.datastored.engine.health.TroubleCause;
import io.datastored.engine.health.Troubles;
import io.datastored.engine.snapshot.Datastore;
import io.datastored.file.StoreException;
import io.datastored.mount.MountState;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A mount monitor checks the devices of removable datastores and commits changes, so that watchers
 * learn of them. It has its own thread; a device that does not answer is skipped, see {@link
 * Devices}. Lookups check for themselves and do not wait for it.
 */
final class MountMonitor implements AutoCloseable {

  private final Committer committer;
  private final Devices devices;
  private final Troubles troubles;
  private final Duration period;
  private volatile @Nullable PeriodicTask task;

  MountMonitor(Committer committer, Devices devices, Troubles troubles, Duration period) {
    this.committer = committer;
    this.devices = devices;
    this.troubles = troubles;
    this.period = period;
  }

  void start(PeriodicTasks tasks) {
    task = tasks.start("mount monitor", period, PeriodicTask.Need.TO_SERVE, this::step);
  }

  private void step() {
    try {
      look();
      troubles.clear(TroubleCause.MOUNTS);
    } catch (StoreException e) {
      troubles.raise(TroubleCause.MOUNTS, "mount states cannot be committed: " + e.getMessage());
    }
  }

  /** Checks every device once, and commits if the known state differs. */
  void look() throws StoreException {
    Map<DatastoreName, Boolean> seen = new HashMap<>();
    boolean news = false;
    for (Datastore datastore : committer.current().byName()) {
      // A device that does not answer keeps its known state.
      Optional<MountState> looked =
          datastore.removable() ? devices.look(datastore) : Optional.empty();
      if (looked.isPresent()) {
        boolean mounted = looked.get() == MountState.MOUNTED;
        seen.put(datastore.name(), mounted);
        news |= !datastore.accepted().mounted().equals(Optional.of(mounted));
      }
    }
    if (news) {
      committer.acceptMounts(seen);
    }
  }

  @Override
  public void close() {
    PeriodicTask started = task;
    if (started != null) {
      started.closeWithin(period);
    }
  }
}
