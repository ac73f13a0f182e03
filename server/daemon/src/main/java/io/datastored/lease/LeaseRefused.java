package io.datastored.lease;

import io.datastored.engine.Refused;
import java.util.Optional;

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
public record LeaseRefused(
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
        "lease id " + live.id() + " is live for something else: use a different id for each lease");
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
