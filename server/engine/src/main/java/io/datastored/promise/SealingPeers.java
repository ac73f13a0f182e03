package io.datastored.promise;

import io.datastored.config.DatastoreName;
import io.datastored.config.MaintenanceMode;
import io.datastored.file.StoreException;
import io.datastored.history.Revision;
import io.datastored.operation.Operation;
import java.util.OptionalLong;

/**
 * Sealing peers are the peers that are queried last, and that make a completed drain survive a
 * crash. Thread-safe.
 */
public interface SealingPeers extends Peers {

  /** The answer to a client that continues a lease unknown to this server. */
  enum TakeOver {
    /** It may be counted here. */
    ALLOWED,
    /** There is no such lease, or it has ended. */
    UNKNOWN,
    /** The operation that it permitted was drained. */
    DRAINED
  }

  /**
   * Ensures that no lease that a mode refuses can be taken over again, and that the mode has been
   * set without interruption. Call it when nothing is in the way; durable when this returns.
   *
   * @param since the revision that set the mode
   * @return false if the mode has changed, or if something is in the way by now: look again
   * @throws StoreException when it cannot be written; then nothing is known to be drained
   */
  boolean seal(DatastoreName datastore, MaintenanceMode mode, Revision since) throws StoreException;

  /**
   * As {@link #seal}, for a caller that commits the end of the mode next and nothing in between:
   * the commit itself fails if the mode has changed.
   */
  boolean sealForCommit(DatastoreName datastore, MaintenanceMode mode, Revision since)
      throws StoreException;

  /**
   * Ensures that no earlier lease that a mode refuses can be taken over again; durable when this
   * returns. Call it before leases are ended by force.
   *
   * <p>The tokens so far are read, and then the mode is looked at. In the other order: the mode is
   * still there | it is cleared, and a lease is granted | the tokens are read, and that lease is
   * dead, too.
   *
   * @param since the revision that set the mode
   * @return the highest token that is dead from now on: no lease above it may be ended; empty if
   *     the mode has changed, and then no lease may be ended
   * @throws StoreException when it cannot be written; then nothing may be ended
   */
  OptionalLong raiseFloor(DatastoreName datastore, MaintenanceMode mode, Revision since)
      throws StoreException;

  /**
   * Whether a lease that a client continues may be taken over, as far as is known. Call it before
   * the lease is counted, and again after. If it were checked only before, recovery could end, a
   * drain could find nothing and report DRAINED, and then a running operation would be counted.
   * With both checks, at least one of a look and a concurrent take-over sees the other. From
   * memory.
   */
  TakeOver takeOver(DatastoreName datastore, Operation operation, FencingToken token);

  /**
   * Begins to take a lease over, where others count, too: they see it from its first verdict on.
   * Close it when the lease was counted, or was not.
   */
  Claim claim(DatastoreName datastore, Operation operation, FencingToken token);

  /** A claim is a lease while it is taken over. Confined to one thread. */
  interface Claim extends AutoCloseable {

    /**
     * As {@link #takeOver}, and to be called in the same two places. May block.
     *
     * @throws StoreException when it cannot be decided; then it must not be counted
     */
    TakeOver verdict() throws StoreException;

    /** Idempotent. */
    @Override
    void close();
  }

  /**
   * Has all servers hurry with what is in the way of a mode, and say what it is, until it is
   * closed.
   */
  Asking ask(DatastoreName datastore);

  /** An asking lasts as long as somebody waits for a drain. */
  interface Asking extends AutoCloseable {

    /** Idempotent. */
    @Override
    void close();
  }
}
