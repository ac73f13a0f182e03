package io.datastored.lease;

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
   * @param how how it came by it
   * @param lease the lease
   * @param ttl how long it holds; the holder counts from sending its request
   * @param revision the revision that the answer was taken from
   * @param datastore the datastore at that revision; of a renewal whose datastore is gone from the
   *     configuration the one it was granted on
   * @param mountState whether its device is there; of a renewal as last committed, because a
   *     renewal asks no permission and touches no disk
   */
  record Leased(
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

  /**
   * Refused is the answer that the client holds no lease. Immutable. Nothing is counted.
   *
   * @param reason why
   * @param ask what was asked
   * @param refusal the engine's refusal; only of {@code NOT_PERMITTED}
   * @param cause why the lease is not there; only of {@code LEASE_ENDED}
   * @param limit the quota that is used up; only of {@code QUOTA_EXCEEDED}
   * @param detail one sentence for people
   */
  record LeaseRefused(
      Reason reason,
      LeaseRequest ask,
      Optional<Refused> refusal,
      Optional<EndCause> cause,
      Optional<Limit> limit,
      String detail)
      implements LeaseOutcome {

    /** Why a lease is refused. */
    public enum Reason {
      /** The engine refused the operation. */
      NOT_PERMITTED,
      /** The server has ended the lease of that id, or does not know the one that is continued. */
      LEASE_ENDED,
      /** A live lease has that id for another datastore, operation or session. */
      LEASE_ID_REUSED,
      /** The server, or the session, has as many live leases as it may. */
      QUOTA_EXCEEDED,
      /** There is no such session. */
      SESSION_NOT_FOUND,
      /** Nothing may be promised at the moment. */
      NOT_PROMISED
    }

    static LeaseRefused notPermitted(LeaseRequest ask, Refused refusal) {
      return new LeaseRefused(
          Reason.NOT_PERMITTED,
          ask,
          Optional.of(refusal),
          Optional.empty(),
          Optional.empty(),
          refusal.detail());
    }

    static LeaseRefused ended(LeaseRequest ask, EndCause cause) {
      return new LeaseRefused(
          Reason.LEASE_ENDED,
          ask,
          Optional.empty(),
          Optional.of(cause),
          Optional.empty(),
          "lease " + ask.id().map(LeaseId::value).orElse("") + " has ended: " + cause.word());
    }

    static LeaseRefused reused(LeaseRequest ask, Lease live) {
      return of(
          Reason.LEASE_ID_REUSED,
          ask,
          "lease id "
              + live.id()
              + " is live for something else: use a different id for each lease");
    }

    static LeaseRefused quotaExceeded(LeaseRequest ask, Limit limit) {
      return new LeaseRefused(
          Reason.QUOTA_EXCEEDED,
          ask,
          Optional.empty(),
          Optional.empty(),
          Optional.of(limit),
          "the limit of live leases is reached: " + limit);
    }

    static LeaseRefused sessionNotFound(LeaseRequest ask, SessionId session) {
      return of(Reason.SESSION_NOT_FOUND, ask, "no session " + session);
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
