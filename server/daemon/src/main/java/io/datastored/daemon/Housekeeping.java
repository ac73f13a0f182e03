package io.datastored.daemon;

import io.datastored.access.AuditTrail;
import io.datastored.promise.Recovery;
import io.datastored.service.Services;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Housekeeping is the periodic work of a server: it cleans up after clients that are gone, and
 * reports the end of recovery and the state of the audit log. Confined to one thread at a time.
 */
final class Housekeeping {
  private static final Logger log = LoggerFactory.getLogger(Housekeeping.class);

  private final Services services;
  private final Recovery recovery;
  private final Backing backing;
  private final Health health;
  private final AuditTrail audit;
  private boolean recovered;

  Housekeeping(
      Services services, Recovery recovery, Backing backing, Health health, AuditTrail audit) {
    this.services = services;
    this.recovery = recovery;
    this.backing = backing;
    this.health = health;
    this.audit = audit;
  }

  void run() {
    services.tend();
    audit.report();
    health.inLine(backing.outOfLine().isEmpty());
    health.authority(backing.authority().holds());
    if (!recovered && !recovery.active()) {
      recovered = true;
      health.recovered();
      log.atInfo().log("recovery finished: drains wait no longer for leases of earlier servers");
    }
  }
}
