package io.datastored.promise;

import io.datastored.config.DatastoreName;

/**
 * Peers are all others that may have, or be about to start, operations that a mode refuses: other
 * programs on the same datastores, clients that return with leases of an earlier run of this
 * server, and other servers of the same history. Thread-safe.
 */
@FunctionalInterface
public interface Peers {

  /**
   * Begins a look. Call it before this server's own counters are read; it touches no disk.
   *
   * <p>A look has two steps, because a single check can be wrong in either order. During recovery a
   * lease of the previous run may be taken over, and so counted here: if recovery were checked only
   * after the counters, the lease could be counted after they were read, and recovery could end
   * before it is checked. A program that read the configuration before the mode was set becomes
   * visible only a while later: if it were checked only before the counters, it could become
   * visible while they are read. In both cases the zeros would be trusted wrongly.
   */
  Look begin(DatastoreName datastore);

  /** A look is one query to peers. Confined to its caller. */
  @FunctionalInterface
  interface Look {

    /**
     * What is in the way now, or was when the look began. Call it after this server's own counters
     * were read. May touch the disk.
     */
    Elsewhere inTheWay();
  }
}
