package io.datastored.daemon;

import io.datastored.engine.health.TroubleCause;
import io.datastored.engine.health.Troubles;
import io.datastored.neighbour.ProxmoxBackupServer;
import io.datastored.promise.UnseenOperations;
import java.util.Optional;

/**
 * A neighbour look is a periodic check for another program whose operations drains cannot see,
 * reported in Status. Thread-safe: one look at a time.
 */
final class NeighbourLook {

  private final ProxmoxBackupServer neighbour;
  private final Troubles troubles;

  NeighbourLook(ProxmoxBackupServer neighbour, Troubles troubles) {
    this.neighbour = neighbour;
    this.troubles = troubles;
  }

  /** Looks once; may block as long as the file system does. */
  void look() {
    Optional<UnseenOperations> found = neighbour.look();
    if (found.isPresent()) {
      troubles.raise(
          TroubleCause.NEIGHBOUR,
          found.get().sentence() + ", so drains wait: " + found.get().detail());
    } else {
      troubles.clear(TroubleCause.NEIGHBOUR);
    }
  }
}
