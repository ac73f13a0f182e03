package io.datastored.daemon;

import io.datastored.engine.health.TroubleCause;
import io.datastored.engine.health.Troubles;
import io.datastored.neighbour.ProxmoxBackupServer;
import io.datastored.promise.UnseenOperations;
import java.util.Optional;

/**
 * A neighbour look is what a server does now and then to say in its Status that drains do not see
 * the operations of another program. Thread-safe: one look at a time.
 */
final class NeighbourLook {

  private final ProxmoxBackupServer neighbour;
  private final Troubles troubles;

  NeighbourLook(ProxmoxBackupServer neighbour, Troubles troubles) {
    this.neighbour = neighbour;
    this.troubles = troubles;
  }

  /** Looks once; waits as long as a file system does. */
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
