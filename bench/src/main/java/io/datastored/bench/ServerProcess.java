package io.datastored.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A server process is the real server on the files of a directory, in a process that can be killed.
 * Confined to one thread.
 */
final class ServerProcess implements AutoCloseable {

  /** The launcher that users run. Benchmarks are run from the root of the project. */
  private static final Path LAUNCHER = Path.of("server", "bin", "datastored");

  private static final int STOP_SECONDS = 20;

  private final Process process;

  private ServerProcess(Process process) {
    this.process = process;
  }

  /**
   * Starts a server and waits until it is ready.
   *
   * @param directory directory with {@code datastore.cfg}, for all files of the server
   * @param listen address to listen on
   * @param javaOptions options of the Java VM
   * @param options options of {@code serve}
   */
  static ServerProcess start(
      Path directory, String listen, List<String> javaOptions, List<String> options)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.addAll(
        List.of(
            LAUNCHER.toAbsolutePath().toString(),
            "serve",
            "--config",
            directory.resolve("datastore.cfg").toString(),
            "--state-dir",
            directory.resolve("state").toString(),
            "--run-dir",
            directory.resolve("run").toString(),
            "--read-only-config=false",
            "--open",
            "--admin-listen",
            "none",
            "--log-level",
            "warn",
            "--listen",
            listen));
    command.addAll(options);
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("JAVA_OPTS", String.join(" ", javaOptions));
    Process process = builder.start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    ServerProcess server = new ServerProcess(process);
    BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
    if (out.readLine() == null) {
      server.close();
      throw new IOException("the server does not start");
    }
    return server;
  }

  /** Kills the process, as kill -9 does, and waits until it has ended. */
  void kill() {
    Process unused = process.destroyForcibly();
    process.onExit().join();
  }

  ProcessHandle.Info info() {
    return process.info();
  }

  /** The peak resident memory, in MiB. */
  long mostMemoryMib() throws IOException {
    Path status = Path.of("/proc", Long.toString(process.pid()), "status");
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("VmHWM:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
        .findFirst()
        .orElseThrow(() -> new IOException("no VmHWM in " + status));
  }

  /** The current number of threads. */
  long threads() throws IOException {
    try (Stream<Path> tasks = Files.list(Path.of("/proc", Long.toString(process.pid()), "task"))) {
      return tasks.count();
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        Process unused = process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
