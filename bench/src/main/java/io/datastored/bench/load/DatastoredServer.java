package io.datastored.bench.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A datastored server is a real one in a process of its own, on a configuration of its own.
 * Confined to one thread.
 */
final class DatastoredServer implements AutoCloseable {

  private final Path directory;
  private final ChildServer server;

  private DatastoredServer(Path directory, ChildServer server) {
    this.directory = directory;
    this.server = server;
  }

  /** Starts one for datastores named {@code store0} and so on. */
  static DatastoredServer start(int datastores, List<String> options) throws IOException {
    Path directory = Files.createTempDirectory("datastored-load");
    StringBuilder config = new StringBuilder();
    for (int i = 0; i < datastores; i++) {
      config.append("datastore: store").append(i);
      config.append("\n\tcomment shelf of store").append(i);
      config.append("\n\tgc-schedule daily\n\tnotification-mode notification-system");
      config.append("\n\tpath ").append(directory.resolve("base" + i)).append("\n\n");
    }
    Path file = Files.writeString(directory.resolve("datastore.cfg"), config);
    int port = ChildServer.freePort();
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "serve",
                "--config",
                file.toString(),
                "--state-dir",
                directory.resolve("state").toString(),
                "--run-dir",
                directory.resolve("run").toString(),
                "--read-only-config=false",
                "--no-earlier-leases",
                "--log-level",
                "warn",
                "--listen",
                "127.0.0.1:" + port));
    arguments.addAll(options);
    return new DatastoredServer(
        directory, ChildServer.java(port, "io.datastored.cli.Datastored", arguments));
  }

  ChildServer process() {
    return server;
  }

  Path directory() {
    return directory;
  }

  @Override
  public void close() throws IOException {
    server.close();
    DeleteTree.of(directory);
  }
}
