package io.datastored.client.proof;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A real server is the real program in a process of its own. Confined to one thread. */
final class RealServer implements AutoCloseable {

  private final Path directory;
  private final int port;
  private Process process;

  private RealServer(Path directory, int port) {
    this.directory = directory;
    this.port = port;
  }

  /** Serves datastores of these names on a port that is free. */
  static RealServer start(Path directory, String... datastores) throws IOException {
    StringBuilder config = new StringBuilder();
    for (String name : datastores) {
      Path base = Files.createDirectories(directory.resolve("base-" + name));
      config.append("datastore: ").append(name).append("\n\tpath ").append(base).append("\n\n");
    }
    Files.writeString(directory.resolve("datastore.cfg"), config);
    int port;
    try (var socket = new java.net.ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    var server = new RealServer(directory, port);
    server.restart();
    return server;
  }

  /** Starts it again, on the same port and state. */
  void restart() throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                "io.datastored.cli.Datastored",
                "serve",
                "--config",
                directory.resolve("datastore.cfg").toString(),
                "--state-dir",
                directory.resolve("state").toString(),
                "--run-dir",
                directory.resolve("run").toString(),
                "--read-only-config=false",
                "--open",
                "--no-earlier-leases",
                "--listen",
                target()));
    process =
        new ProcessBuilder(command)
            .redirectError(
                ProcessBuilder.Redirect.appendTo(directory.resolve("server.log").toFile()))
            .start();
    BufferedReader out = process.inputReader(UTF_8);
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.startsWith("datastored ")) {
        return;
      }
    }
    throw new IOException("no server: " + Files.readString(directory.resolve("server.log")));
  }

  String target() {
    return "127.0.0.1:" + port;
  }

  /** Ends it as kill -9 does. */
  void kill() throws InterruptedException {
    process.destroyForcibly();
    if (!process.waitFor(10, TimeUnit.SECONDS)) {
      throw new IllegalStateException("it does not die");
    }
  }

  @Override
  public void close() throws InterruptedException {
    kill();
  }
}
