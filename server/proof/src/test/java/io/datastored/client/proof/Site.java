package io.datastored.client.proof;

import io.datastored.engine.EngineOptions;
import io.datastored.history.file.FileStoreOptions;
import io.datastored.soak.ChildProcess;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A site is everything of a server that outlives it, in one directory, with a Unix socket, so that
 * the next server is found where the last one was. Immutable.
 */
record Site(Path directory) {

  /** Nothing is promised by a server before the first one. */
  static final List<String> QUICK =
      List.of("--lease-ttl", "1s", "--max-lease-ttl", "1s", "--no-earlier-leases");

  /** A site with some datastores, {@code store0} and so on. */
  static Site make(Path directory, int datastores) throws IOException {
    Site site = new Site(directory);
    Files.createDirectories(site.histories());
    StringBuilder config = new StringBuilder();
    for (String name : names(datastores)) {
      Path base = Files.createDirectories(directory.resolve("base-" + name));
      config.append("datastore: " + name + "\n\tpath " + base + "\n\n");
    }
    Files.writeString(site.config(), config);
    return site;
  }

  static List<String> names(int datastores) {
    return IntStream.range(0, datastores).mapToObj(i -> "store" + i).toList();
  }

  private Path config() {
    return directory.resolve("datastore.cfg");
  }

  private Path state() {
    return directory.resolve("state");
  }

  private Path run() {
    return directory.resolve("run");
  }

  Path histories() {
    return directory.resolve("histories");
  }

  Path socket() {
    return directory.resolve("socket");
  }

  UnixDomainSocketAddress address() {
    return UnixDomainSocketAddress.of(socket());
  }

  /** For a process of this host that embeds the engine. */
  EngineOptions engine() {
    return EngineOptions.of(
        config(),
        state(),
        options -> {
          options.runDirectory = Optional.of(run());
          options.configAccess = FileStoreOptions.Access.READ_WRITE;
        });
  }

  /** Starts the real server and waits until it says that it is ready. */
  ChildProcess serve() throws IOException {
    List<String> args =
        new ArrayList<>(
            ChildProcess.args(
                "serve",
                "--config",
                config(),
                "--state-dir",
                state(),
                "--run-dir",
                run(),
                "--read-only-config=false",
                "--listen",
                "unix:" + socket()));
    args.addAll(QUICK);
    ChildProcess server =
        ChildProcess.watched("server", directory, "io.datastored.cli.Datastored", args);
    try {
      String unused = server.awaitLine("datastored ");
      return server;
    } catch (IOException e) {
      server.close();
      throw e;
    }
  }
}
