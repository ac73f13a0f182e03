package io.datastored.lease;

import io.datastored.promise.LeaseClock;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ownership decides whether a lease or session is for a caller to use: what was given to a
 * principal is for that one only, what was given to nobody in particular is for all. Thread-safe.
 * Who tries to use what is another's is answered as if it were not there, and the log tells of it.
 */
final class Ownership {

  private static final Logger log = LoggerFactory.getLogger(Ownership.class);

  /** Of an id, which is good for something in the hands of its owner. */
  private static final int SHOWN = 8;

  private final LogPace pace;

  Ownership(LeaseClock clock) {
    this.pace = new LogPace(clock, Duration.ofMinutes(1));
  }

  /**
   * Whether a caller may use a lease.
   *
   * @param attempt what the caller wants to do, for the log
   */
  boolean admits(Lease lease, Principal by, String attempt) {
    Principal owner = lease.holder().principal();
    return owner.admits(by) || refused("lease", lease.id().value(), owner, by, attempt);
  }

  /** The same for a session. */
  boolean admits(Session session, Principal by, String attempt) {
    Principal owner = session.holder().principal();
    return owner.admits(by) || refused("session", session.id().value(), owner, by, attempt);
  }

  private boolean refused(String what, String id, Principal owner, Principal by, String attempt) {
    pace.next()
        .ifPresent(
            heldBack ->
                log.atWarn()
                    .addKeyValue("who", by)
                    .addKeyValue("owner", owner)
                    .addKeyValue("attempt", attempt)
                    .addKeyValue(what, id.length() <= SHOWN ? id : id.substring(0, SHOWN) + "...")
                    .addKeyValue("not_logged_before", heldBack)
                    .log("refused access to a lease or session of another principal"));
    return false;
  }
}
