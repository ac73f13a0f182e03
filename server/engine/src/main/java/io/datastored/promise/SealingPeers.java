package io.datastored.promise;

import io.datastored.config.DatastoreName;
import io.datastored.config.MaintenanceMode;
import io.datastored.file.StoreException;
import io.datastored.history.Revision;
import io.datastored.operation.Operation;

/**
 * Sealing peers are those who are asked last, and make it true over a crash that something is
 * drained. Thread-safe.
 */
public interface SealingPeers extends Peers {

  /** What there is to say to somebody who continues a lease that this server does not know. */
  enum TakeOver {
    /** It may be counted here. */
    ALLOWED,
    /** There is no such lease, or no longer. */
    UNKNOWN,
    /** What it permitted was drained. */
    DRAINED
  }

  /**
   * Makes sure that nothing which a mode refuses is ever taken over again, and that the mode has
   * been there all the time. To be called when nothing is in the way; durable when this returns.
   *
   * @param since the revision that set the mode
   * @return false when the mode is another one by now: look again
   * @throws StoreException when it cannot be written; then nothing is known to be drained
   */
  boolean seal(DatastoreName datastore, MaintenanceMode mode, Revision since) throws StoreException;

  /**
   * Makes sure that no lease of before which a mode refuses is ever taken over again; durable when
   * this returns. To be called before leases are ended by force, and by who holds the mode still.
   *
   * @throws StoreException when it cannot be written; then nothing may be ended
   */
  void raiseFloor(DatastoreName datastore, MaintenanceMode mode) throws StoreException;

  /**
   * Whether a lease may be taken over that somebody continues. To be asked before it is counted,
   * and again after: allowed only before, the recovery could end, a drain find nothing and be told
   * as over, and then a running operation be counted. Of a look and a take-over that meet at least
   * one sees the other.
   */
  TakeOver takeOver(DatastoreName datastore, Operation operation, FencingToken token);
}
