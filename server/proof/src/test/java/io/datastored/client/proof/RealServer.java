package io.datastored.client.proof;

import io.datastored.proof.site.Site;
import io.datastored.soak.ChildProcess;
import io.datastored.testkit.proxy.LowPorts;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;

/** A real server is the real program on a port of TCP. Confined to one thread. */
final class RealServer implements AutoCloseable {

  private final Site site;
  private final int port;
  private ChildProcess process;

  private RealServer(Site site, int port) {
    this.site = site;
    this.port = port;
  }

  /** Serves datastores of these names on a port that is free. */
  static RealServer start(Path directory, String... datastores) throws IOException {
    int port =
        LowPorts.bind(
            address -> {
              try (var socket = new ServerSocket(address.getPort(), 1, address.getAddress())) {
                return socket.getLocalPort();
              }
            });
    var server = new RealServer(Site.make(directory, List.of(datastores)), port);
    server.restart();
    return server;
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
    kill();
  }
}
