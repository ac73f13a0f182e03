package io.datastored.proof;

import io.datastored.engine.EngineOptions;
import io.datastored.history.file.FileStoreOptions;
import io.datastored.soak.ChildProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A site is everything that a server and its embedders share on one host, in one directory.
 * Immutable.
 */
record Site(Path directory) {

  /**
   * Leases and sessions of one second, and nothing is promised by a server before the first one.
   */
  static final List<String> QUICK =
      List.of("--lease-ttl", "1s", "--max-lease-ttl", "1s", "--no-earlier-leases");

  /** A site with some datastores, {@code store0} and so on. */
  static Site make(Path directory, int datastores) throws IOException {
    Site site = new Site(directory);
    Files.createDirectories(site.histories());
    StringBuilder config = new StringBuilder();
    for (int i = 0; i < datastores; i++) {
      Path base = Files.createDirectories(directory.resolve("base" + i));
      config.append("datastore: " + name(i) + "\n\tpath " + base + "\n\n");
    }
    Files.writeString(site.config(), config);
    return site;
  }

  static String name(int datastore) {
    return "store" + datastore;
  }

  Path config() {
    return directory.resolve("datastore.cfg");
  }

  Path state() {
    return directory.resolve("state");
  }

  Path run() {
    return directory.resolve("run");
  }

  Path socket() {
    return directory.resolve("socket");
  }

  Path histories() {
    return directory.resolve("histories");
  }

  Wire connect() {
    return Wire.to(socket(), 3_000);
  }

  /** For whoever must have an answer, however busy the machine is. */
  Wire connectPatiently() {
    return Wire.to(socket(), 30_000);
  }

  /** For a process that embeds the engine. */
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
  ChildProcess serve(List<String> more) throws IOException {
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
    args.addAll(more);
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
