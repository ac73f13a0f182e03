package io.datastored.engine;

import com.google.common.util.concurrent.Uninterruptibles;
import io.datastored.config.DatastoreName;
import io.datastored.config.StoreException;
import io.datastored.mount.MountCheck;
import io.datastored.mount.MountState;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A mount monitor looks at the devices of removable datastores and commits what has changed, so
 * that watchers learn of it. One thread of its own, because a dead device may block whoever looks
 * at it; lookups look for themselves and do not wait for it.
 */
final class MountMonitor implements AutoCloseable {

  private static final String NAME = "mount monitor";

  private final Reload reload;
  private final MountCheck mounts;
  private final Troubles troubles;
  private final Duration period;
  private volatile boolean running = true;
  private volatile @Nullable Thread thread;

  MountMonitor(Reload reload, MountCheck mounts, Troubles troubles, Duration period) {
    this.reload = reload;
    this.mounts = mounts;
    this.troubles = troubles;
    this.period = period;
  }

  void start(ThreadFactory threads) {
    Thread started = threads.newThread(this::run);
    thread = started;
    started.start();
  }

  private void run() {
    while (running) {
      try {
        look();
        troubles.clear(TroubleCause.MOUNTS);
        troubles.clear(TroubleCause.TASK, NAME);
      } catch (StoreException e) {
        if (running) {
          troubles.raise(
              TroubleCause.MOUNTS, "mount states cannot be committed: " + e.getMessage());
        }
      } catch (RuntimeException | Error e) {
        if (running) {
          troubles.raise(TroubleCause.TASK, NAME, "the mount monitor failed: " + e, e);
        }
      }
      LockSupport.parkNanos(this, period.toNanos());
    }
  }

  /** Looks at every device once, and commits when what is known differs. */
  void look() throws StoreException {
    Map<DatastoreName, Boolean> seen = new HashMap<>();
    boolean news = false;
    for (Datastore datastore : reload.current().byName()) {
      Optional<String> device = datastore.backingDevice();
      if (device.isPresent()) {
        boolean mounted = mounts.check(datastore.name(), device.get()) == MountState.MOUNTED;
        seen.put(datastore.name(), mounted);
        news |= !datastore.accepted().mounted().equals(Optional.of(mounted));
      }
    }
    if (news) {
      reload.acceptMounts(seen);
    }
  }

  @Override
  public void close() {
    running = false;
    Thread looking = thread;
    if (looking != null) {
      LockSupport.unpark(looking);
      // A thread that a dead device holds is a daemon thread; it is not waited for.
      Uninterruptibles.joinUninterruptibly(looking, period);
    }
  }
}
