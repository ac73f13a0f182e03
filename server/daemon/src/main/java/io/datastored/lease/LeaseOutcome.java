package io.datastored.lease;

import io.datastored.access.LimitReached;
import io.datastored.engine.Refused;
import io.datastored.engine.snapshot.Datastore;
import io.datastored.history.Revision;
import io.datastored.mount.MountState;
import java.time.Duration;
import java.util.Optional;

/**
 * A lease outcome is the answer to a {@link LeaseRequest}: {@link Leased}, or {@link LeaseRefused}.
 */
public sealed interface LeaseOutcome {

  /**
   * Leased is the answer that the client holds a lease. Immutable but for the lease.
   *
   * @param how how the client obtained it
   * @param lease the lease
   * @param ttl how long it holds, counted by the holder from the sending of its request
   * @param revision the revision of the answer
   * @param datastore the datastore at that revision; for a renewal whose datastore is no longer
   *     configured, the one it was granted on
   * @param mountState whether its device is mounted; for a renewal as last committed, because a
   *     renewal asks for no permission and touches no disk
   */
  record Leased(
      How how,
      Lease lease,
      Duration ttl,
      Revision revision,
      Datastore datastore,
      MountState mountState)
      implements LeaseOutcome {

    /** How a client obtained its lease. */
    public enum How {
      /** The lease is new. */
      GRANTED,
      /** The lease was live; it was requested again or continued. */
      RENEWED,
      /** The lease is of the previous run and was reclaimed during recovery. */
      RECLAIMED
    }
  }

  /**
   * Refused is the answer that the client holds no lease. Immutable. Nothing is counted.
   *
   * @param reason the reason
   * @param ask the request
   * @param refusal the engine's refusal; only for {@code NOT_PERMITTED}
   * @param cause why the lease does not exist; only for {@code LEASE_ENDED}
   * @param limit the exhausted quota; only for {@code QUOTA_EXCEEDED}
   * @param detail one sentence for people; only for {@code NOT_PROMISED}
   */
  record LeaseRefused(
      Reason reason,
      LeaseRequest ask,
      Optional<Refused> refusal,
      Optional<EndCause> cause,
      Optional<LimitReached> limit,
      String detail)
      implements LeaseOutcome {

    /** Why a lease is refused. */
    public enum Reason {
      /** The engine refused the operation. */
      NOT_PERMITTED,
      /** The server has ended the lease of that id, or does not know the lease to be continued. */
      LEASE_ENDED,
      /** A live lease has that id but another datastore, operation or session. */
      LEASE_ID_REUSED,
      /** The server, or the session, has reached its limit of live leases. */
      QUOTA_EXCEEDED,
      /** The session does not exist. */
      SESSION_NOT_FOUND,
      /** The server can promise nothing at the moment. */
      NOT_PROMISED
    }

    static LeaseRefused notPermitted(LeaseRequest ask, Refused refusal) {
      return new LeaseRefused(
          Reason.NOT_PERMITTED, ask, Optional.of(refusal), Optional.empty(), Optional.empty(), "");
    }

    static LeaseRefused ended(LeaseRequest ask, EndCause cause) {
      return new LeaseRefused(
          Reason.LEASE_ENDED, ask, Optional.empty(), Optional.of(cause), Optional.empty(), "");
    }

    static LeaseRefused reused(LeaseRequest ask) {
      return of(Reason.LEASE_ID_REUSED, ask, "");
    }

    static LeaseRefused quotaExceeded(LeaseRequest ask, LimitReached limit) {
      return new LeaseRefused(
          Reason.QUOTA_EXCEEDED, ask, Optional.empty(), Optional.empty(), Optional.of(limit), "");
    }

    static LeaseRefused sessionNotFound(LeaseRequest ask) {
      return of(Reason.SESSION_NOT_FOUND, ask, "");
    }

    static LeaseRefused notPromised(LeaseRequest ask, String why) {
      return of(Reason.NOT_PROMISED, ask, why + "; nothing was granted");
    }

    private static LeaseRefused of(Reason reason, LeaseRequest ask, String detail) {
      return new LeaseRefused(
          reason, ask, Optional.empty(), Optional.empty(), Optional.empty(), detail);
    }
  }
}
