package io.datastored.engine;

import io.datastored.engine.snapshot.Datastore;
import io.datastored.engine.snapshot.DatastoreRuntime;
import io.datastored.mount.MountCheck;
import io.datastored.mount.MountState;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The devices of removable datastores, checked in isolation: each check runs on the {@code
 * Bulkhead} of its base path, and the caller waits for it briefly. Thread-safe.
 */
final class Devices {

  private final MountCheck mounts;

  Devices(MountCheck mounts) {
    this.mounts = mounts;
  }

  /**
   * Whether the device of a datastore is present now. Immediate for a datastore without a device.
   *
   * @return empty if its file system does not answer
   */
  Optional<MountState> look(Datastore datastore) {
    Optional<String> device = datastore.backingDevice();
    if (device.isEmpty()) {
      return Optional.of(MountState.NOT_REMOVABLE);
    }
    DatastoreRuntime runtime = datastore.runtime();
    if (runtime.hang().isPresent()) {
      // Not even tried: repeated requests must not queue behind a call that hangs.
      return Optional.empty();
    }
    CompletableFuture<MountState> seen = new CompletableFuture<>();
    runtime
        .bulkhead()
        .execute(
            () -> {
              try {
                boolean unused = seen.complete(mounts.check(datastore.name(), device.get()));
              } catch (RuntimeException | Error e) {
                boolean unused = seen.completeExceptionally(e);
              }
            });
    return runtime.bulkhead().await(seen) ? Optional.of(seen.join()) : Optional.empty();
  }

  /** The directory in which removable datastores are mounted. */
  Path mounts() {
    return mounts.mounts();
  }
}
