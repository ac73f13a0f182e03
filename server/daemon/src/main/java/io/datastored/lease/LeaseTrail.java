package io.datastored.lease;

import io.datastored.access.AuditEvent;
import io.datastored.access.AuditEvent.Kind;
import io.datastored.access.AuditField;
import io.datastored.access.AuditTrail;
import io.datastored.access.Principal;
import io.datastored.lease.LeaseOutcome.Leased;
import io.datastored.lease.LeaseOutcome.Leased.How;
import io.datastored.lease.SessionOutcome.SessionOpened;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A lease trail records what becomes of leases and sessions in the audit trail. Thread-safe:
 * immutable. Renewals, and ends that the client asked for, are not recorded.
 */
public final class LeaseTrail {

  private final AuditTrail trail;

  LeaseTrail(AuditTrail trail) {
    this.trail = trail;
  }

  /**
   * A client has its lease.
   *
   * @param requestId of its call
   */
  public void granted(Leased leased, Supplier<String> requestId) {
    Lease lease = leased.lease();
    if (leased.how() != How.RENEWED && trail.covers(lease.operation())) {
      trail.record(
          about(Kind.LEASE_GRANTED, lease)
              .with(AuditField.OUTCOME, "ok")
              .with(AuditField.REASON, leased.how() == How.RECLAIMED ? "reclaimed" : "")
              .with(AuditField.REVISION_BEFORE, leased.revision())
              .with(AuditField.REQUEST_ID, requestId.get())
              .build());
    }
  }

  /**
   * A client has its session.
   *
   * @param requestId of its call
   */
  public void opened(SessionOpened opened, Supplier<String> requestId) {
    if (opened.how() == SessionOpened.How.OPENED) {
      trail.record(
          about(Kind.SESSION_OPENED, opened.session())
              .with(AuditField.OUTCOME, "ok")
              .with(AuditField.REVISION_BEFORE, opened.revision())
              .with(AuditField.REQUEST_ID, requestId.get())
              .build());
    }
  }

  /** The server has ended a lease. */
  void ended(Lease lease, EndCause cause) {
    if (trail.covers(lease.operation())) {
      trail.record(about(Kind.LEASE_ENDED, lease).with(AuditField.REASON, cause.word()).build());
    }
  }

  /** A session has expired. */
  void lost(Session session) {
    trail.record(
        about(Kind.SESSION_LOST, session).with(AuditField.REASON, EndCause.EXPIRED.word()).build());
  }

  /** A caller tried to use the lease or session of another principal. */
  void denied(AuditField which, String id, Principal owner, Principal by, String attempt) {
    trail.record(
        AuditEvent.of(Kind.DENIED)
            .by(by)
            .with(AuditField.OUTCOME, "denied")
            .with(AuditField.REASON, "it belongs to another principal; attempted " + attempt)
            .with(which, ShownId.of(id))
            .with(AuditField.OWNER, owner)
            .build());
  }

  /** A caller tried to continue a lease that this server does not know. */
  void unknown(LeaseRequest ask) {
    trail.record(
        held(Kind.DENIED, ask.holder())
            .with(AuditField.VERB, ask.operation().name().toLowerCase(Locale.ROOT))
            .with(AuditField.DATASTORE, ask.datastore())
            .with(AuditField.OUTCOME, "denied")
            .with(AuditField.REASON, "it is not known; attempted to continue it")
            .with(AuditField.FENCING_TOKEN, ask.held().orElseThrow().value())
            .with(AuditField.LEASE_ID, ShownId.of(ask.id().orElseThrow().value()))
            .build());
  }

  private static AuditEvent.Builder about(Kind kind, Lease lease) {
    return held(kind, lease.holder())
        .with(AuditField.VERB, lease.operation().name().toLowerCase(Locale.ROOT))
        .with(AuditField.DATASTORE, lease.datastore())
        .with(AuditField.FENCING_TOKEN, lease.token().value())
        .with(AuditField.LEASE_ID, ShownId.of(lease.id().value()))
        .with(AuditField.SESSION_ID, lease.sessionId().map(id -> ShownId.of(id.value())))
        .with(AuditField.PURPOSE, lease.purpose());
  }

  private static AuditEvent.Builder about(Kind kind, Session session) {
    return held(kind, session.holder())
        .with(AuditField.SESSION_ID, ShownId.of(session.id().value()));
  }

  private static AuditEvent.Builder held(Kind kind, Holder holder) {
    return AuditEvent.of(kind)
        .by(holder.principal())
        .with(AuditField.PEER, holder.peer())
        .with(AuditField.CLIENT, holder.client())
        .with(AuditField.HOST, holder.host())
        .with(AuditField.PID, Optional.of(holder.pid()).filter(pid -> pid != 0));
  }
}
