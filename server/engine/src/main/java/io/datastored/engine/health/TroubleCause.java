package io.datastored.engine.health;

/** The cause of a trouble. The names are those of the API, so that one table maps them. */
public enum TroubleCause {
  /**
   * The configuration file is missing, unreadable, empty or truncated; the last good version is
   * served.
   */
  CONFIGURATION(Severity.ERROR),
  /** The accepted state cannot be read or written. */
  STATE(Severity.ERROR),
  /** The page or the counters in the run directory were replaced or removed. */
  RUN_DIRECTORY(Severity.ERROR),
  /** The devices of removable datastores cannot be checked. */
  MOUNTS(Severity.ERROR),
  /** The file system of a base path does not answer. */
  BASE_PATH(Severity.WARNING),
  /** A periodic task has failed, or has not run for three periods. */
  TASK(Severity.ERROR),
  /** The server's certificate has expired, expires soon, or cannot be read. */
  CERTIFICATE(Severity.WARNING),
  /** Edits of the configuration file are found by the periodic comparison only. */
  EDIT_DETECTION(Severity.WARNING),
  /** A restored or copied state directory could not be detected. */
  HISTORY(Severity.WARNING),
  /** A second server on the same configuration could not be detected. */
  SECOND_SERVER(Severity.WARNING),
  /** Another program uses the datastores, and its operations cannot be seen. */
  NEIGHBOUR(Severity.WARNING),
  /** The lease ledger cannot be written. */
  LEASES(Severity.ERROR),
  /** The audit log cannot be written. */
  AUDIT(Severity.ERROR),
  /** The rules file cannot be read or has faults; the last good rules are in force. */
  ACCESS(Severity.ERROR);

  /** The log level at which a trouble begins. */
  enum Severity {
    WARNING,
    ERROR
  }

  private final Severity severity;

  TroubleCause(Severity severity) {
    this.severity = severity;
  }

  Severity severity() {
    return severity;
  }
}
