package io.datastored.cli.view;

/** A terminal kind is whether the output of a command can be redrawn. Immutable. */
public enum Terminal {
  /** An interactive terminal. */
  TERMINAL,
  /** A file, a pipe, a journal. */
  PLAIN;

  /** The kind of this process's output; call it before anything else uses the console. */
  public static Terminal ofThisProcess() {
    // Later JDKs have a console without a terminal unless the old one is selected.
    System.setProperty("jdk.console", "java.base");
    String terminal = System.getenv("TERM");
    boolean draws =
        System.console() != null
            && terminal != null
            && !terminal.isEmpty()
            && !terminal.equals("dumb");
    return draws ? TERMINAL : PLAIN;
  }
}
