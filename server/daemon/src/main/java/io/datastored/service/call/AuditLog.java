package io.datastored.service.call;

import io.datastored.config.DatastoreName;
import io.datastored.engine.WriteOutcome.Written;
import io.datastored.engine.snapshot.Maintenance;
import io.datastored.history.Revision;
import io.datastored.service.wire.Caller;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * The audit log is one line for each change made through this server: who changed what, and the
 * resulting revision. Stateless.
 */
final class AuditLog {
  private static final Logger log = LoggerFactory.getLogger(AuditLog.class);

  private AuditLog() {}

  static void modeSet(Written written, Caller who) {
    Maintenance now = written.datastore().maintenance();
    by(who, log.atInfo())
        .addKeyValue("datastore", written.datastore().name())
        .addKeyValue("from", written.previous().word())
        .addKeyValue("to", now.word())
        .addKeyValue("message", now.message().orElse(""))
        .addKeyValue("revision", written.revision())
        .log("maintenance mode changed");
  }

  static void leasesForced(DatastoreName name, String mode, Caller who) {
    by(who, log.atWarn())
        .addKeyValue("datastore", name)
        .addKeyValue("mode", mode)
        .log("conflicting leases were revoked (drain with force)");
  }

  static void neighboursIgnored(DatastoreName name, String mode, Caller who) {
    by(who, log.atWarn())
        .addKeyValue("datastore", name)
        .addKeyValue("mode", mode)
        .log(
            "not waiting for operations of Proxmox Backup Server, which cannot be seen (ignore_pbs)");
  }

  /**
   * Logs that a section was written.
   *
   * @param what the kind of change: created, changed or removed
   */
  static void written(DatastoreName name, String what, Revision revision, Caller who) {
    by(who, log.atInfo())
        .addKeyValue("datastore", name)
        .addKeyValue("revision", revision)
        .log("datastore {}", what);
  }

  /** Adds the caller and its connection: several processes may run as one user. */
  private static LoggingEventBuilder by(Caller who, LoggingEventBuilder line) {
    return line.addKeyValue("who", who.identity())
        .addKeyValue("peer", who.peer().map(Caller::text).orElse("unknown"));
  }
}
