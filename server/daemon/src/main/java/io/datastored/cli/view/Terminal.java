package io.datastored.cli.view;

/** A terminal is whether what a command prints can be drawn over. Immutable. */
public enum Terminal {
  /** Somebody looks at a terminal. */
  TERMINAL,
  /** A file, a pipe, a journal. */
  PLAIN;

  /** What this process has; to be asked before anything else asks for the console. */
  public static Terminal ofThisProcess() {
    // Later JDKs have a console without a terminal unless they are told to use the old one.
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
