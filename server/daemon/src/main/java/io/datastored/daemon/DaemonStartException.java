package io.datastored.daemon;

/**
 * A daemon start exception is the reason why a server could not start: one sentence for the
 * operator, and a kind that the command maps to its exit code. Immutable.
 */
public final class DaemonStartException extends Exception {
  private static final long serialVersionUID = 1;

  /** The kind of a failed start. */
  public enum Kind {
    /** The options contradict each other or do not fit this machine. */
    OPTIONS,
    /** Another server has this state directory. */
    LOCKED,
    /** The configuration or the state directory cannot be used. */
    ENGINE,
    /** What the server needs does not answer; it may later. */
    UNREACHABLE,
    /** The server cannot listen on an address. */
    ADDRESS,
    /** A certificate, key or authority cannot be used. */
    TLS
  }

  private final Kind kind;

  public DaemonStartException(Kind kind, String sentence) {
    super(sentence);
    this.kind = kind;
  }

  public DaemonStartException(Kind kind, String sentence, Throwable cause) {
    super(sentence, cause);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}
