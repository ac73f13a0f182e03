package io.datastored.proof.site;

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
import java.util.stream.Stream;

/**
 * A site is everything that a server and its embedders share on one host, in one directory, and
 * that outlives them; with a Unix socket, so that the next server is found where the last one was.
 * Immutable.
 */
public record Site(Path directory) {

  /**
   * Leases and sessions of one second, and nothing is promised by a server before the first one.
   */
  public static final List<String> QUICK =
      List.of("--lease-ttl", "1s", "--max-lease-ttl", "1s", "--no-earlier-leases");

  /** A site with datastores of these names. */
  public static Site make(Path directory, List<String> datastores) throws IOException {
    Site site = new Site(directory);
    Files.createDirectories(site.histories());
    StringBuilder config = new StringBuilder();
    for (String name : datastores) {
      Path base = Files.createDirectories(directory.resolve("base-" + name));
      config.append("datastore: " + name + "\n\tpath " + base + "\n\n");
    }
    Files.writeString(site.config(), config);
    return site;
  }

  /** So many names, {@code store0} and so on. */
  public static List<String> names(int datastores) {
    return IntStream.range(0, datastores).mapToObj(Site::name).toList();
  }

  public static String name(int datastore) {
    return "store" + datastore;
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

  private Path socket() {
    return directory.resolve("socket");
  }

  public Path histories() {
    return directory.resolve("histories");
  }

  /** Copies the histories of a failed run to where they outlive the test. */
  public void keepHistories(String run) throws IOException {
    Path kept = Files.createDirectories(Path.of("target", "failed-histories", run));
    try (Stream<Path> files = Files.list(histories())) {
      for (Path file : files.toList()) {
        Files.copy(file, kept.resolve(file.getFileName()));
      }
    }
  }

  public UnixDomainSocketAddress address() {
    return UnixDomainSocketAddress.of(socket());
  }

  public Wire connect() {
    return Wire.to(socket(), 3_000);
  }

  /** For whoever must have an answer, however busy the machine is. */
  public Wire connectPatiently() {
    return Wire.to(socket(), 30_000);
  }

  /** For a process of this host that embeds the engine. */
  public EngineOptions engine() {
    return EngineOptions.of(
        config(),
        state(),
        options -> {
          options.runDirectory = Optional.of(run());
          options.configAccess = FileStoreOptions.Access.READ_WRITE;
        });
  }

  /** Starts the real server and waits until it says that it is ready. */
  public ChildProcess serve(List<String> more) throws IOException {
    return serve("unix:" + socket(), more);
  }

  /** The same at another address. */
  public ChildProcess serve(String address, List<String> more) throws IOException {
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
                address));
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
