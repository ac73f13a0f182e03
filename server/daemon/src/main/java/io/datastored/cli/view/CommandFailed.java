package io.datastored.cli.view;

/**
 * Ends a command with an exit status and one sentence for the person who typed it; never shown as a
 * stack trace unless asked for. Immutable.
 */
public final class CommandFailed extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final ExitStatus status;

  public CommandFailed(ExitStatus status, String sentence) {
    super(sentence);
    this.status = status;
  }

  public CommandFailed(ExitStatus status, String sentence, Throwable cause) {
    super(sentence, cause);
    this.status = status;
  }

  public ExitStatus status() {
    return status;
  }

  public String sentence() {
    return String.valueOf(getMessage());
  }
}
