package io.datastored.cli.view;

import static java.util.stream.Collectors.joining;

import java.util.stream.Stream;

/**
 * An exit status is what the command returns to the shell; scripts may rely on the numbers.
 * Immutable.
 */
public enum ExitStatus {
  OK(0, "success"),
  NO(1, "the answer is no: refused, invalid configuration, or lease lost"),
  USAGE(2, "the command or the request is not well formed"),
  UNREACHABLE(3, "no answer from the server: not running, or too slow"),
  SERVER_ERROR(4, "the server answered that it cannot serve this now"),
  START_FAILED(5, "serve cannot start: file, state directory or address not usable"),
  STILL_IN_USE(6, "a drain timed out: the datastore is in use, and the mode is still set"),
  RUN_DIRECTORY_LOST(7, "serve ended because its run directory was replaced or removed"),
  BUG(70, "an error of this program; --debug shows where"),

  RUN_WITHOUT_LEASE(125, "run: the lease was refused or lost (else the status of its command)"),
  RUN_NOT_STARTED(127, "run: its command cannot be started"),
  INTERRUPTED(130, "ended by Ctrl-C (143: by SIGTERM; serve stops in order and ends with 0)");

  private final int code;
  private final String meaning;

  ExitStatus(int code, String meaning) {
    this.code = code;
    this.meaning = meaning;
  }

  public int code() {
    return code;
  }

  /** One line per status, for the help text. */
  public static String table() {
    return Stream.of(values())
        .map(status -> "%4d  %s%n".formatted(status.code, status.meaning))
        .collect(joining());
  }
}
