package io.datastored.cli;

/**
 * Ends a command with an exit status and one sentence for the person who typed it; never shown as a
 * stack trace unless asked for. Immutable.
 */
final class CommandFailed extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final ExitStatus status;

  CommandFailed(ExitStatus status, String sentence) {
    super(sentence);
    this.status = status;
  }

  CommandFailed(ExitStatus status, String sentence, Throwable cause) {
    super(sentence, cause);
    this.status = status;
  }

  ExitStatus status() {
    return status;
  }

  String sentence() {
    return String.valueOf(getMessage());
  }
}
