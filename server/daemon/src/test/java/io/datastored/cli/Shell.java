package io.datastored.cli;

import io.datastored.cli.view.Terminal;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * Runs the command in this JVM as a shell would run it. Thread-safe: one run, one set of streams.
 */
public final class Shell {

  private final Map<String, String> environment = new HashMap<>();
  private String input = "";
  private Terminal screen = Terminal.PLAIN;

  /** What a command left behind. */
  public record Result(int status, String out, String err) {}

  public Shell with(String variable, String value) {
    environment.put(variable, value);
    return this;
  }

  public Shell input(String text) {
    input = text;
    return this;
  }

  public Shell on(Terminal where) {
    screen = where;
    return this;
  }

  public Result run(String... args) {
    var out = new StringWriter();
    var err = new StringWriter();
    int status = run(new PrintWriter(out, true), new PrintWriter(err, true), args);
    return new Result(status, out.toString(), err.toString());
  }

  /** For commands that run until they are stopped: the writers can be read meanwhile. */
  public int run(PrintWriter out, PrintWriter err, String... args) {
    var in = new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8));
    return Datastored.commandLine(environment, in, out, err, screen).execute(args);
  }
}
