package io.datastored.cli.view;

/**
 * A command failure ends a command with an exit status and one sentence for the user; its stack
 * trace is shown only on request. Immutable.
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
