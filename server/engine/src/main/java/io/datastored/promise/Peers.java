package io.datastored.promise;

import io.datastored.config.DatastoreName;

/**
 * Peers are who else may count, or be about to count, what a mode refuses: other programs on the
 * same datastores, and those who come back with leases of another life of this server. Thread-safe.
 */
@FunctionalInterface
public interface Peers {

  /**
   * Begins a look. To be called before this server's own counters are read; touches no disk.
   *
   * <p>A look has two moments, because both orders can be wrong. A lease of the run before may be
   * taken over, and so counted here, as long as the recovery lasts: asked after the counters only,
   * it could come after they were read and the recovery end before it is looked at. A program that
   * had read the configuration before the mode shows itself only a while later: asked before the
   * counters, it could show itself while they are read. Either way the zeros would be believed.
   */
  Look begin(DatastoreName datastore);

  /** A look is one question to peers. Confined to who asks it. */
  @FunctionalInterface
  interface Look {

    /**
     * What is in the way, or was when the look began. To be called after this server's own counters
     * were read. May touch the disk.
     */
    Elsewhere inTheWay();
  }
}
