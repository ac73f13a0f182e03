package io.datastored.engine.health;

/** What a trouble is about. The words of the contract, so that one table maps them. */
public enum TroubleCause {
  /**
   * The configuration file is missing, unreadable, empty or cut; the last good version is served.
   */
  CONFIGURATION(Severity.ERROR),
  /** The accepted state cannot be read or written. */
  STATE(Severity.ERROR),
  /** The page or the counters in the run directory were replaced or removed. */
  RUN_DIRECTORY(Severity.ERROR),
  /** The devices of removable datastores cannot be looked at. */
  MOUNTS(Severity.ERROR),
  /** The file system of a base path does not answer. */
  BASE_PATH(Severity.WARNING),
  /** A periodic task has failed, or has not run for three periods. */
  TASK(Severity.ERROR),
  /** The server's certificate has expired, expires soon, or cannot be read. */
  CERTIFICATE(Severity.WARNING),
  /** Edits of the configuration file are found by the periodic comparison only. */
  EDIT_DETECTION(Severity.WARNING),
  /** A restored or copied state directory could not be noticed. */
  HISTORY(Severity.WARNING),
  /** A second server on the same configuration could not be noticed. */
  SECOND_SERVER(Severity.WARNING),
  /** Another program uses the datastores, and its operations cannot be seen. */
  NEIGHBOUR(Severity.WARNING),
  /** The durable numbers of leases cannot be written. */
  LEASES(Severity.ERROR);

  /** How the beginning of a trouble is logged. */
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
