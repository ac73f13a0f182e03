package io.datastored.daemon;

import io.datastored.engine.TroubleCause;
import io.datastored.engine.Troubles;
import io.datastored.neighbour.Neighbour;
import io.datastored.neighbour.UnseenOperations;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A neighbour look is what a server does now and then to say in its Status that drains do not see
 * the operations of another program. Thread-safe: one look at a time.
 */
final class NeighbourLook implements Runnable {

  private final Neighbour neighbour;
  private final Troubles troubles;
  private final Executor mayBlock;
  private final AtomicBoolean looking = new AtomicBoolean();

  /**
   * @param mayBlock runs the look, which waits as long as a file system does
   */
  NeighbourLook(Neighbour neighbour, Troubles troubles, Executor mayBlock) {
    this.neighbour = neighbour;
    this.troubles = troubles;
    this.mayBlock = mayBlock;
  }

  /** Begins to look, unless the look before is not over. Never blocks. */
  @Override
  public void run() {
    if (looking.compareAndSet(false, true)) {
      try {
        mayBlock.execute(this::look);
      } catch (RejectedExecutionException e) {
        // The server is stopping.
        looking.set(false);
      }
    }
  }

  /** Looks at once. */
  void look() {
    try {
      Optional<UnseenOperations> found = neighbour.look();
      if (found.isPresent()) {
        troubles.raise(
            TroubleCause.NEIGHBOUR,
            found.get().sentence() + ", so drains wait: " + found.get().detail());
      } else {
        troubles.clear(TroubleCause.NEIGHBOUR);
      }
    } finally {
      looking.set(false);
    }
  }
}
