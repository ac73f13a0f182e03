package io.datastored.soak;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.datastored.testkit.JavaCommand;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A child process is another JVM with the class path of the test, which can be stopped, continued
 * and killed. Confined to one thread at a time.
 */
public final class ChildProcess implements AutoCloseable {

  private final String name;
  private final Process process;
  private final Path log;
  private final BufferedReader out;
  private final BufferedWriter in;

  private ChildProcess(String name, Process process, Path log) {
    this.name = name;
    this.log = log;
    this.process = process;
    this.out = process.inputReader(UTF_8);
    this.in = process.outputWriter(UTF_8);
  }

  /**
   * Starts a program; what it logs is appended to {@code NAME.log}.
   *
   * @param program the name of a class with a main method
   */
  public static ChildProcess start(String name, Path directory, String program, List<String> args)
      throws IOException {
    return start(name, directory, program, args, Map.of());
  }

  /**
   * The same in another environment.
   *
   * @param environment what it has of its own, beside what this process has
   */
  public static ChildProcess start(
      String name,
      Path directory,
      String program,
      List<String> args,
      Map<String, String> environment)
      throws IOException {
    List<String> command = JavaCommand.of(List.of("-XX:+UseSerialGC", "-Xshare:auto"), program);
    command.addAll(args);
    Path log = directory.resolve(name + ".log");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().putAll(environment);
    Process process = builder.start();
    return new ChildProcess(name, process, log);
  }

  /** A program that dies with this process without knowing how. */
  public static ChildProcess watched(String name, Path directory, String program, List<String> args)
      throws IOException {
    List<String> all = new ArrayList<>(List.of(program));
    all.addAll(args);
    return start(name, directory, WatchedMain.class.getName(), all);
  }

  public String name() {
    return name;
  }

  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** The next line that begins so. */
  public String awaitLine(String beginning) throws IOException {
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.startsWith(beginning)) {
        return line;
      }
    }
    throw gone("without a line that begins with " + beginning);
  }

  /** Gives it a line and reads the line that answers. */
  public String ask(String line) throws IOException {
    in.write(line + "\n");
    in.flush();
    String answer = out.readLine();
    if (answer == null) {
      throw gone("instead of answering to " + line);
    }
    return answer;
  }

  private IOException gone(String why) throws IOException {
    String text = Files.readString(log);
    return new IOException(
        name + " is gone " + why + ": " + text.substring(Math.max(0, text.length() - 2000)));
  }

  /** Stops it for a time, whatever becomes of this process meanwhile. */
  public void pause(Duration time) throws IOException {
    String seconds = String.format("%.3f", time.toMillis() / 1000.0);
    Process unused =
        new ProcessBuilder(
                "sh", "-c", "kill -STOP " + pid() + "; sleep " + seconds + "; kill -CONT " + pid())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
  }

  /** Ends it as kill -9 does, and waits until it is gone. */
  public void kill() {
    Process unused = process.destroyForcibly();
    process.onExit().join();
  }

  /** Ends it as SIGTERM does; false if it has not ended in time. */
  public boolean terminate(Duration patience) throws InterruptedException {
    process.toHandle().destroy();
    return process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Lets it come to its end by itself; false if it has not in time. */
  public boolean finish(Duration patience) throws IOException, InterruptedException {
    in.close();
    return process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    kill();
  }

  @Override
  public String toString() {
    return name + " (" + pid() + (isAlive() ? ")" : ", gone)");
  }

  public static List<String> args(Object... args) {
    return Arrays.stream(args).map(Object::toString).toList();
  }
}
