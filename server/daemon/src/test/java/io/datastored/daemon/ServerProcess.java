package io.datastored.daemon;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import io.datastored.testkit.JavaCommand;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A server process is {@code datastored serve} as an operator runs it. Confined to one test. */
final class ServerProcess implements AutoCloseable {

  private static final Pattern ADDRESS = Pattern.compile("127\\.0\\.0\\.1:(\\d+)");

  private final Process process;
  private final Path out;
  private final Path err;

  private ServerProcess(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  /** Starts one of {@code directory/datastore.cfg}, with these options besides. */
  static ServerProcess start(Path directory, List<String> javaOptions, String... options)
      throws IOException {
    return start(List.of(), directory, javaOptions, options);
  }

  /**
   * The same below another command.
   *
   * @param before what runs it, such as {@code setpriv --reuid=65534}
   */
  static ServerProcess start(
      List<String> before, Path directory, List<String> javaOptions, String... options)
      throws IOException {
    return start(Map.of(), before, directory, javaOptions, options);
  }

  /**
   * The same with variables of the environment.
   *
   * @param environment besides that of this process
   */
  static ServerProcess start(
      Map<String, String> environment,
      List<String> before,
      Path directory,
      List<String> javaOptions,
      String... options)
      throws IOException {
    List<String> command = new ArrayList<>(before);
    // As the manifest of the jar says.
    List<String> java =
        new ArrayList<>(List.of("--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED"));
    java.addAll(javaOptions);
    command.addAll(JavaCommand.of(java, "io.datastored.cli.Datastored"));
    command.addAll(
        List.of(
            "serve",
            "--config=" + directory.resolve("datastore.cfg"),
            "--state-dir=" + directory.resolve("state"),
            "--run-dir=" + directory.resolve("run"),
            "--listen=127.0.0.1:0",
            "--read-only-config=false",
            "--open",
            "--no-earlier-leases"));
    command.addAll(List.of(options));
    Path out = directory.resolve("out");
    Path err = directory.resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    // Several of them run at a time on this host; an option of a test goes first.
    builder.environment().put("DATASTORED_ADMIN_LISTEN", "none");
    builder.environment().putAll(environment);
    Process process = builder.start();
    ServerProcess server = new ServerProcess(process, out, err);
    await().until(() -> server.port().isPresent() || !process.isAlive());
    return server;
  }

  private Optional<Integer> port() {
    Matcher found = ADDRESS.matcher(out());
    return found.find() ? Optional.of(Integer.parseInt(found.group(1))) : Optional.empty();
  }

  ManagedChannel connect() {
    int port = port().orElseThrow(() -> new AssertionError("it does not serve: " + err()));
    return NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
  }

  String out() {
    return read(out);
  }

  String err() {
    return read(err);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file, UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  long pid() {
    return process.pid();
  }

  boolean alive() {
    return process.isAlive();
  }

  /** How many threads it has now. */
  long threads() throws IOException {
    try (Stream<Path> tasks = Files.list(Path.of("/proc/" + pid() + "/task"))) {
      return tasks.count();
    }
  }

  /** SIGTERM, as a service manager sends it. */
  void terminate() {
    process.destroy();
  }

  /** Its exit status; an error when it has none in time. */
  int awaitExit(long seconds) throws InterruptedException {
    if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
      throw new AssertionError("it has not ended within " + seconds + " s: " + err());
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
