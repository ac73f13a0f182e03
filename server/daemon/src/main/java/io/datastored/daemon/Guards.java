package io.datastored.daemon;

import com.google.common.io.Closer;
import io.datastored.access.Access;
import io.datastored.access.AuditEvent;
import io.datastored.access.AuditField;
import io.datastored.access.AuditTrail;
import io.datastored.access.AuditWriter;
import io.datastored.access.Rules;
import io.datastored.engine.Engine;
import io.datastored.service.trace.Traces;
import io.datastored.service.wire.Caller;
import java.util.Optional;

/**
 * Guards are the access rules of a server, its audit trail and its traces. Immutable.
 *
 * @param access who may do what
 * @param audit who did what
 * @param traces where calls are traced, if the operator wants that
 */
record Guards(Access access, AuditTrail audit, Optional<Traces> traces) {

  /**
   * The guards of a server.
   *
   * @param rooms closes the audit trail and the traces
   */
  static Guards of(
      Access access, DaemonOptions options, Engine engine, Environment around, Closer rooms)
      throws DaemonStartException {
    Optional<Traces> traces = TracesStart.start(options.version(), around, rooms);
    if (options.audit().file().isEmpty()) {
      return new Guards(access, AuditTrail.NONE, traces);
    }
    AuditTrail audit = audit(options, engine, around, rooms);
    access.addListener(() -> audit.record(reloaded(access)));
    return new Guards(access, audit, traces);
  }

  private static AuditEvent reloaded(Access access) {
    Rules rules = access.rules();
    return AuditEvent.of(AuditEvent.Kind.RULES_RELOADED)
        .with(AuditField.OUTCOME, "ok")
        .with(AuditField.REASON, "%d rules, sha256 %s".formatted(rules.size(), rules.digest()))
        .with(AuditField.REVISION_AFTER, access.changedAt())
        .build();
  }

  private static AuditTrail audit(
      DaemonOptions options, Engine engine, Environment around, Closer rooms) {
    AuditWriter audit =
        AuditWriter.of(
            options.audit(), Caller::text, engine.troubles(), around.wallClock(), around.ticker());
    rooms.register(audit::close);
    audit.start(engine.tasks());
    return audit;
  }
}
