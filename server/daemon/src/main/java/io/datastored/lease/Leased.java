package io.datastored.lease;

import io.datastored.engine.Datastore;
import io.datastored.history.Revision;
import io.datastored.mount.MountState;
import java.time.Duration;

/**
 * Leased is the answer that the client holds a lease. Immutable but for the lease.
 *
 * @param how how it came by it
 * @param lease the lease
 * @param ttl how long it holds; the holder counts from sending its request
 * @param revision the revision that the answer was taken from
 * @param datastore the datastore at that revision; of a renewal whose datastore is gone from the
 *     configuration the one it was granted on
 * @param mountState whether its device is there; of a renewal as last committed, because a renewal
 *     asks no permission and touches no disk
 */
public record Leased(
    How how,
    Lease lease,
    Duration ttl,
    Revision revision,
    Datastore datastore,
    MountState mountState)
    implements LeaseOutcome {

  /** How a client came by its lease. */
  public enum How {
    /** It is new. */
    GRANTED,
    /** It was live; asked for again or continued. */
    RENEWED,
    /** It is of the run before, taken over in the recovery. */
    RECLAIMED
  }
}
