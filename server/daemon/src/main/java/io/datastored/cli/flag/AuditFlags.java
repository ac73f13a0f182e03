package io.datastored.cli.flag;

import static io.datastored.cli.flag.OptionRules.DEFAULTS;

import io.datastored.access.AuditOptions.Need;
import io.datastored.access.AuditOptions.Recorded;
import io.datastored.daemon.SocketAccess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags of {@code serve} for the audit log. Confined to one thread. */
public final class AuditFlags {

  @Option(
      names = "--audit-log",
      paramLabel = "FILE",
      description = {
        "Append a line of JSON to this file for each change, forced drain, WRITE lease, lost"
            + " session and denial.",
        "It is opened again after it was renamed or removed. Without this option there is no"
            + " audit log."
      })
  @Nullable Path auditLog;

  @Option(
      names = "--audit-required",
      arity = "0..1",
      paramLabel = "true|false",
      fallbackValue = "true",
      description = {
        "Refuse changes of the configuration, clearing a mode, --force and --ignore-pbs while the"
            + " audit log"
            + " cannot be written (default: ${DEFAULT-VALUE}).",
        "A mode that refuses more is always set, and lookups and releases always work."
      })
  boolean auditRequired = DEFAULTS.audit().need() == Need.REQUIRED;

  @Option(
      names = "--audit-log-mode",
      paramLabel = "MODE",
      description = "Permissions of a new audit log, such as 0640 (default: 0600).")
  String auditLogMode = "0600";

  @Option(names = "--audit-reads", description = "Record READ leases too.")
  boolean auditReads;

  @Option(
      names = "--audit-slowest-write",
      paramLabel = "DURATION",
      description =
          "The audit log counts as not writable while a line has waited for longer than"
              + " this (default: ${DEFAULT-VALUE}).")
  Duration auditSlowestWrite = DEFAULTS.audit().slowest();

  @Option(
      names = "--max-audit-lines",
      paramLabel = "COUNT",
      description =
          "Maximum number of lines that wait to be written; more are counted and lost (default:"
              + " ${DEFAULT-VALUE}).")
  int maxAuditLines = DEFAULTS.audit().maxLines();

  @Option(
      names = "--max-audit-buffer",
      paramLabel = "BYTES",
      description = "Maximum memory for these lines (default: ${DEFAULT-VALUE}).")
  long maxAuditBuffer = DEFAULTS.audit().maxBytes();

  @Option(
      names = "--max-audit-denials",
      paramLabel = "COUNT",
      description =
          "Maximum number of denials per second and principal that are recorded one by one;"
              + " the others are counted (default: ${DEFAULT-VALUE}).")
  int maxAuditDenials = DEFAULTS.audit().denials();

  public void applyTo(OptionRules options) {
    options
        .set(
            "--audit-log",
            to -> to.audit.file = Optional.ofNullable(auditLog).map(Path::toAbsolutePath))
        .set(
            "--audit-required", to -> to.audit.need = auditRequired ? Need.REQUIRED : Need.OPTIONAL)
        .set("--audit-log-mode", to -> to.audit.mode = SocketAccess.modeOf(auditLogMode))
        .set(
            "--audit-reads",
            to -> to.audit.leases = auditReads ? Recorded.READ_AND_WRITE : Recorded.WRITE)
        .set("--audit-slowest-write", to -> to.audit.slowest = auditSlowestWrite)
        .set("--max-audit-lines", to -> to.audit.maxLines = maxAuditLines)
        .set("--max-audit-buffer", to -> to.audit.maxBytes = maxAuditBuffer)
        .set("--max-audit-denials", to -> to.audit.denials = maxAuditDenials);
  }
}
