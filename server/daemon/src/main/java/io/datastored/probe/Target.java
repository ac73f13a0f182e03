package io.datastored.probe;

import io.datastored.engine.snapshot.Datastore;
import io.datastored.engine.snapshot.Maintenance;
import io.datastored.mount.MountState;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A target is a base directory to be asked about, and whether it may be asked now. Immutable.
 *
 * @param leftAlone why it must not be asked; empty when it may
 */
public record Target(Path basePath, Optional<String> leftAlone) {

  /**
   * A datastore whose mode closes it is left alone, because a question would keep busy the device
   * that the mode wants to let go; so is one whose device is not there, where the directory beneath
   * would answer.
   */
  public static Target of(Datastore datastore) {
    Maintenance maintenance = datastore.maintenance();
    if (maintenance.mode().evicts()) {
      return new Target(
          datastore.basePath(), Optional.of("not asked in maintenance mode " + maintenance.word()));
    }
    return new Target(
        datastore.basePath(),
        datastore.mountState() == MountState.NOT_MOUNTED
            ? Optional.of("not mounted")
            : Optional.empty());
  }
}
