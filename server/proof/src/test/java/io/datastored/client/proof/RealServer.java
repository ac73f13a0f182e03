package io.datastored.client.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.proof.site.Site;
import io.datastored.soak.ChildProcess;
import io.datastored.testkit.proxy.LowPorts;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A real server is the real program on a port of TCP. Confined to one thread. */
final class RealServer implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Site site;
  private final int port;
  private ChildProcess process;

  private RealServer(Site site, int port) {
    this.site = site;
    this.port = port;
  }

  /** Serves datastores of these names on a port that is free. */
  static RealServer start(Path directory, String... datastores) throws IOException {
    var server = new RealServer(Site.make(directory, List.of(datastores)), freePort());
    server.restart();
    return server;
  }

  private static int freePort() throws IOException {
    return LowPorts.bind(
        address -> {
          try (var socket = new ServerSocket(address.getPort(), 1, address.getAddress())) {
            return socket.getLocalPort();
          }
        });
  }

  /** A server on a port of its own that can be given what this one knows; it is not started. */
  RealServer beside(Path directory) throws IOException {
    Files.createDirectories(directory);
    return new RealServer(new Site(directory), freePort());
  }

  /** Starts it with a copy of everything that the other server knows now. */
  void startAsCopyOf(RealServer other) throws IOException, InterruptedException {
    Path from = other.site.directory().resolve("state");
    Path state = site.directory().resolve("state");
    Path backup = site.directory().resolve("backup");
    run("state", "export", from, backup);
    run("state", "import", backup, state, "--config", site.directory().resolve("datastore.cfg"));
    // Secret, so it is not in a backup; it proves who was granted a lease.
    Files.copy(from.resolve("continuation.key"), state.resolve("continuation.key"));
    process = site.serve(target(), List.of("--open"));
  }

  private void run(Object... words) throws IOException, InterruptedException {
    try (ChildProcess command =
        ChildProcess.start(
            "state", site.directory(), "io.datastored.cli.Datastored", ChildProcess.args(words))) {
      assertThat(command.finish(PATIENCE)).isTrue();
    }
  }

  /** Stops it in order, and waits until it has. */
  void stop() throws InterruptedException {
    assertThat(process.terminate(PATIENCE)).isTrue();
  }

  /** Starts it again, on the same port and state. */
  void restart() throws IOException {
    process = site.serve(target(), List.of("--open", "--no-earlier-leases"));
  }

  String target() {
    return "127.0.0.1:" + port;
  }

  /** Ends it as kill -9 does. */
  void kill() {
    process.kill();
  }

  @Override
  public void close() {
    if (process != null) {
      kill();
    }
  }
}
