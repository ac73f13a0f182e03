package io.datastored.cli.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.collect.ImmutableList;
import io.datastored.cli.view.CommandFailed;
import io.datastored.cli.view.ExitStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A demo process is a program that the demo has started; its output is in a file. Confined to the
 * demo's thread.
 */
final class DemoProcess implements AutoCloseable {

  /** By its name: this room stands below the one with the command. */
  private static final String MAIN = "io.datastored.cli.Datastored";

  private static final Duration START = Duration.ofSeconds(30);
  private static final Duration STOP = Duration.ofSeconds(10);

  private final String name;
  private final Process process;
  private final Path output;

  private DemoProcess(String name, Process process, Path output) {
    this.name = name;
    this.process = process;
    this.output = output;
  }

  /**
   * Starts a program.
   *
   * @param directory for its output
   */
  static DemoProcess start(String name, Path directory, List<String> words) throws IOException {
    Path output = directory.resolve(name + ".out");
    ProcessBuilder builder =
        new ProcessBuilder(words)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
    // The demo is the same everywhere: variables would be options.
    builder.environment().keySet().removeIf(key -> key.matches("(ETCD|DATASTORED)_.*"));
    return new DemoProcess(name, builder.start(), output);
  }

  /** The words that start a command of this program in another process. */
  static ImmutableList<String> datastored(List<String> words) {
    return ImmutableList.<String>builder()
        .add(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+ExitOnOutOfMemoryError",
            "-cp",
            System.getProperty("java.class.path"),
            MAIN)
        .addAll(words)
        .build();
  }

  /**
   * Waits for a line of its output.
   *
   * @throws CommandFailed with what it has printed, when it ends without such a line
   */
  String awaitLine(String part) throws IOException, InterruptedException {
    long begin = System.nanoTime();
    while (true) {
      boolean over = !process.isAlive();
      Optional<String> line = lines().stream().filter(each -> each.contains(part)).findFirst();
      if (line.isPresent()) {
        return line.get();
      }
      if (over || System.nanoTime() - begin > START.toNanos()) {
        throw failed("does not start");
      }
      Thread.sleep(20);
    }
  }

  /** Waits for its end, which must be a success. */
  void awaitSuccess() throws IOException, InterruptedException {
    if (!process.waitFor(START.toMillis(), TimeUnit.MILLISECONDS) || process.exitValue() != 0) {
      throw failed("fails");
    }
  }

  private CommandFailed failed(String what) throws IOException {
    return new CommandFailed(
        ExitStatus.NO, "%s %s: %s".formatted(name, what, String.join("\n", lines())));
  }

  private List<String> lines() throws IOException {
    return new String(Files.readAllBytes(output), UTF_8).lines().toList();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Kills it, as SIGKILL does: it is not asked. */
  void kill() throws InterruptedException {
    int unused = process.destroyForcibly().waitFor();
  }

  /** Stops it in order, or else kills it. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(STOP.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
