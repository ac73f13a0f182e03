package io.datastored.service.call;

import io.datastored.access.AuditEvent;
import io.datastored.access.AuditEvent.Kind;
import io.datastored.access.AuditField;
import io.datastored.access.AuditTrail;
import io.datastored.access.Decision;
import io.datastored.access.LimitReached;
import io.datastored.access.Principal;
import io.datastored.config.DatastoreName;
import io.datastored.config.MaintenanceMode;
import io.datastored.engine.WriteOutcome.Rejected;
import io.datastored.engine.WriteOutcome.Removed;
import io.datastored.engine.WriteOutcome.Written;
import io.datastored.engine.snapshot.Maintenance;
import io.datastored.history.Revision;
import io.datastored.service.trace.RequestId;
import io.datastored.service.wire.Caller;
import io.datastored.service.wire.Denials;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * The audit log is where services report the changes that they have made: each becomes a line of
 * the log and an event of the audit trail. Thread-safe: immutable but for the {@link Authors}.
 *
 * <p>A change that the trail must have is made only after a look at {@link #settled} or {@link
 * #obstacle}, and is reported after it was made, with its outcome.
 */
public final class AuditLog implements Denials {
  private static final Logger log = LoggerFactory.getLogger(AuditLog.class);

  /**
   * An origin is where a call comes from. Immutable.
   *
   * @param caller its client
   * @param request its id
   */
  record Origin(Caller caller, RequestId request) {

    /** The origin of the current call. */
    static Origin current() {
      return new Origin(Caller.current(), RequestId.current());
    }
  }

  private final AuditTrail trail;
  private final Authors authors = new Authors();

  public AuditLog(AuditTrail trail) {
    this.trail = trail;
  }

  /** Who has made the last changes. */
  public Authors authors() {
    return authors;
  }

  /** Why a change may not be made at the moment, from memory; empty if it may. */
  Optional<String> obstacle() {
    return trail.obstacle();
  }

  /**
   * Finds out whether a change may be made; waits for a disk, but not for long.
   *
   * @return why it may not, as of now or as of the moment when this is called again
   */
  Supplier<Optional<String>> settled() {
    Optional<String> now = trail.settle();
    return () -> now.or(trail::obstacle);
  }

  /** A maintenance mode was set or cleared. */
  void modeSet(Written written, Origin by) {
    Maintenance now = written.datastore().maintenance();
    DatastoreName name = written.datastore().name();
    authors.made(name, written.datastore().generation(), by.caller().identity());
    line(by)
        .addKeyValue("datastore", name)
        .addKeyValue("from", written.previous().word())
        .addKeyValue("to", now.word())
        .addKeyValue("message", now.message().orElse(""))
        .addKeyValue("revision", written.revision())
        .log("maintenance mode changed");
    trail.record(
        change(now.mode() == MaintenanceMode.NONE ? Kind.MODE_CLEARED : Kind.MODE_SET, name, by)
            .with(AuditField.MODE, now.word())
            .with(AuditField.PREVIOUS_MODE, written.previous().word())
            .with(AuditField.OUTCOME, "ok")
            .with(AuditField.REASON, now.message())
            .with(AuditField.REVISION_BEFORE, written.before())
            .with(AuditField.REVISION_AFTER, written.revision())
            .with(AuditField.ETAG, written.datastore().etag().value())
            .build());
  }

  /** The conflicting leases of a datastore are ended. */
  void leasesForced(DatastoreName name, String mode, Revision on, Origin by) {
    by(by, log.atWarn())
        .addKeyValue("datastore", name)
        .addKeyValue("mode", mode)
        .log("conflicting leases were revoked (drain with force)");
    trail.record(decided(Kind.DRAIN_FORCED, name, mode, on, by));
  }

  /** Operations of Proxmox Backup Server are not waited for. */
  void neighboursIgnored(DatastoreName name, String mode, Revision on, Origin by) {
    by(by, log.atWarn())
        .addKeyValue("datastore", name)
        .addKeyValue("mode", mode)
        .log(
            "not waiting for operations of Proxmox Backup Server, which cannot be seen (ignore_pbs)");
    trail.record(decided(Kind.PBS_IGNORED, name, mode, on, by));
  }

  /** A section was added. */
  void created(Written written, Origin by) {
    written(Kind.DATASTORE_CREATED, "created", written, by);
  }

  /** The settings of a section were changed. */
  void changed(Written written, Origin by) {
    written(Kind.DATASTORE_CHANGED, "changed", written, by);
  }

  private void written(Kind kind, String what, Written written, Origin by) {
    DatastoreName name = written.datastore().name();
    authors.made(name, written.datastore().generation(), by.caller().identity());
    section(name, what, written.revision(), by);
    trail.record(
        change(kind, name, by)
            .with(AuditField.OUTCOME, "ok")
            .with(AuditField.REVISION_BEFORE, written.before())
            .with(AuditField.REVISION_AFTER, written.revision())
            .with(AuditField.ETAG, written.datastore().etag().value())
            .build());
  }

  /** A section was removed. */
  void removed(DatastoreName name, Removed removed, Origin by) {
    authors.made(name, removed.revision().generation(), by.caller().identity());
    section(name, "removed", removed.revision(), by);
    trail.record(
        change(Kind.DATASTORE_REMOVED, name, by)
            .with(AuditField.OUTCOME, "ok")
            .with(AuditField.REVISION_BEFORE, removed.before())
            .with(AuditField.REVISION_AFTER, removed.revision())
            .build());
  }

  /**
   * A change was rejected. Only one that may have been made is recorded: the others have changed
   * nothing.
   *
   * @param kind what was asked for
   */
  void rejected(Kind kind, Rejected rejected, Origin by) {
    if (rejected.reason() == Rejected.Reason.OUTCOME_UNKNOWN) {
      trail.record(
          change(kind, rejected.name(), by)
              .with(AuditField.OUTCOME, "unknown")
              .with(AuditField.REASON, rejected.detail())
              .with(AuditField.REVISION_BEFORE, rejected.revision())
              .build());
    }
  }

  @Override
  public void beyondShare(LimitReached reached, Principal by) {
    trail.record(
        AuditEvent.of(Kind.DENIED)
            .by(by)
            .with(AuditField.OUTCOME, "denied")
            .with(AuditField.REASON, reached.toString())
            .with(AuditField.REQUEST_ID, RequestId.current().get())
            .build());
  }

  @Override
  public void denied(Caller caller, Decision decision) {
    var event =
        AuditEvent.of(Kind.DENIED)
            .by(caller.principal())
            .with(AuditField.PEER, caller.peer())
            .with(AuditField.OUTCOME, "denied")
            .with(AuditField.REQUEST_ID, RequestId.current().get());
    if (decision instanceof Decision.Denied denied) {
      event
          .with(AuditField.VERB, denied.verb().word())
          .with(AuditField.DATASTORE, denied.datastore())
          .with(AuditField.REASON, denied.rule());
    } else if (decision instanceof Decision.Hidden hidden) {
      event.with(AuditField.DATASTORE, hidden.name()).with(AuditField.REASON, "hidden");
    }
    trail.record(event.build());
  }

  /** A link was made that shows whoever has it what the caller may see. */
  void pageLinkCreated(Duration validity, Origin by) {
    line(by).addKeyValue("valid_for", validity).log("link to the status page created");
    trail.record(
        AuditEvent.of(Kind.PAGE_LINK_CREATED)
            .by(by.caller().principal())
            .with(AuditField.PEER, by.caller().peer())
            .with(AuditField.OUTCOME, "ok")
            .with(AuditField.REQUEST_ID, by.request().get())
            .build());
  }

  private static AuditEvent decided(
      Kind kind, DatastoreName name, String mode, Revision on, Origin by) {
    return change(kind, name, by)
        .with(AuditField.MODE, mode)
        .with(AuditField.OUTCOME, "ok")
        .with(AuditField.REVISION_BEFORE, on)
        .build();
  }

  private static AuditEvent.Builder change(Kind kind, DatastoreName name, Origin by) {
    return AuditEvent.of(kind)
        .by(by.caller().principal())
        .with(AuditField.PEER, by.caller().peer())
        .with(AuditField.DATASTORE, name)
        .with(AuditField.REQUEST_ID, by.request().get());
  }

  private static void section(DatastoreName name, String what, Revision revision, Origin by) {
    line(by)
        .addKeyValue("datastore", name)
        .addKeyValue("revision", revision)
        .log("datastore {}", what);
  }

  private static LoggingEventBuilder line(Origin by) {
    return by(by, log.atInfo());
  }

  /** Adds the caller and its connection: several processes may run as one user. */
  private static LoggingEventBuilder by(Origin by, LoggingEventBuilder line) {
    return line.addKeyValue("who", by.caller().identity())
        .addKeyValue("peer", by.caller().peer().map(Caller::text).orElse("unknown"))
        .addKeyValue("request_id", by.request().get());
  }
}
