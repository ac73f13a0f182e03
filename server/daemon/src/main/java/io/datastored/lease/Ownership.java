package io.datastored.lease;

import io.datastored.access.AuditField;
import io.datastored.access.Principal;
import io.datastored.promise.LeaseClock;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ownership decides whether a caller may use a lease or session: one given to a principal is for
 * that principal only, one given anonymously is for all. Thread-safe. An attempt to use another's
 * lease or session is answered as if it did not exist, and is logged.
 */
final class Ownership {

  private static final Logger log = LoggerFactory.getLogger(Ownership.class);

  private final LogPace pace;
  private final LeaseTrail trail;

  Ownership(LeaseClock clock, LeaseTrail trail) {
    this.trail = trail;
    this.pace = new LogPace(clock::now, Duration.ofMinutes(1));
  }

  /**
   * Whether a caller may use a lease.
   *
   * @param attempt the attempted action, for the log
   */
  boolean admits(Lease lease, Principal by, String attempt) {
    Principal owner = lease.holder().principal();
    return owner.admits(by) || refused(AuditField.LEASE_ID, lease.id().value(), owner, by, attempt);
  }

  /** Whether a caller may use a session. */
  boolean admits(Session session, Principal by, String attempt) {
    Principal owner = session.holder().principal();
    return owner.admits(by)
        || refused(AuditField.SESSION_ID, session.id().value(), owner, by, attempt);
  }

  private boolean refused(
      AuditField which, String id, Principal owner, Principal by, String attempt) {
    trail.denied(which, id, owner, by, attempt);
    pace.next()
        .ifPresent(
            heldBack ->
                log.atWarn()
                    .addKeyValue("who", by)
                    .addKeyValue("owner", owner)
                    .addKeyValue("attempt", attempt)
                    .addKeyValue(which.word(), ShownId.of(id))
                    .addKeyValue("not_logged_before", heldBack)
                    .log("refused access to a lease or session of another principal"));
    return false;
  }
}
