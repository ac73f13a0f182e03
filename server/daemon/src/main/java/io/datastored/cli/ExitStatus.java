package io.datastored.cli;

import static java.util.stream.Collectors.joining;

import java.util.stream.Stream;

/**
 * An exit status is what the command tells the shell; scripts may rely on the numbers. Immutable.
 */
enum ExitStatus {
  OK(0, "yes, or done"),
  NO(1, "the answer is no: refused, a fault in the file, a lease lost"),
  USAGE(2, "the command or the request is not well formed"),
  UNREACHABLE(3, "no answer from the server: not there, or too slow"),
  SERVER_ERROR(4, "the server answered that it cannot serve this now"),
  START_FAILED(5, "serve cannot start: file, state directory or address not usable"),
  BUG(70, "an error of this program; --debug shows where");

  private final int code;
  private final String meaning;

  ExitStatus(int code, String meaning) {
    this.code = code;
    this.meaning = meaning;
  }

  int code() {
    return code;
  }

  /** One line for each, for the help text. */
  static String table() {
    return Stream.of(values())
        .map(status -> "%4d  %s%n".formatted(status.code, status.meaning))
        .collect(
            joining(
                "",
                "",
                " 130, 143  ended by Ctrl-C or SIGTERM (serve stops in order and ends with 0)"));
  }
}
