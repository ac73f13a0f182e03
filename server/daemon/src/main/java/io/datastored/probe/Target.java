package io.datastored.probe;

import io.datastored.engine.snapshot.Datastore;
import io.datastored.engine.snapshot.Maintenance;
import io.datastored.mount.MountState;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A target is a base directory to probe, and whether it may be probed now. Immutable.
 *
 * @param leftAlone why it must not be probed; empty if it may
 */
public record Target(Path basePath, Optional<String> leftAlone) {

  /**
   * The target of a datastore. It must not be probed if its mode closes it, because a probe would
   * keep busy the device that the mode releases. Nor if its device is not mounted: the probe would
   * read the directory beneath.
   */
  public static Target of(Datastore datastore) {
    Maintenance maintenance = datastore.maintenance();
    if (maintenance.mode().evicts()) {
      return new Target(
          datastore.basePath(),
          Optional.of("not probed in maintenance mode " + maintenance.word()));
    }
    return new Target(
        datastore.basePath(),
        datastore.mountState() == MountState.NOT_MOUNTED
            ? Optional.of("not mounted")
            : Optional.empty());
  }
}
