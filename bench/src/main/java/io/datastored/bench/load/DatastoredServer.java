package io.datastored.bench.load;

import io.datastored.bench.DeleteTree;
import io.datastored.bench.lookup.BlockMount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A datastored server is a real server in a separate process, with its own configuration. Confined
 * to one thread.
 */
final class DatastoredServer implements AutoCloseable {

  private static final String UUID = "0f4c2a6e-1b7d-4c55-9d7e-6a2b3c4d5e6f";

  private final Path directory;
  private final ChildServer server;
  private final int adminPort;

  private DatastoredServer(Path directory, ChildServer server, int adminPort) {
    this.directory = directory;
    this.server = server;
    this.adminPort = adminPort;
  }

  /** Starts a server with datastores named {@code store0} and so on, which answers over HTTP. */
  static DatastoredServer startWithAdmin(int datastores) throws IOException {
    return start(datastores, Optional.empty(), OptionalInt.of(ChildServer.freePort()), List.of());
  }

  /** Starts a server with datastores named {@code store0} and so on. */
  static DatastoredServer start(int datastores, List<String> options) throws IOException {
    return start(datastores, Optional.empty(), OptionalInt.empty(), options);
  }

  /**
   * The same with rules and an audit log: every caller may use every datastore, by a rule for each
   * of them.
   */
  static DatastoredServer startGuarded(int datastores, Path directory) throws IOException {
    StringBuilder rules = new StringBuilder();
    for (int i = 0; i < datastores; i++) {
      rules.append("allow anonymous user store").append(i).append('\n');
    }
    Path file = Files.writeString(directory.resolve("access"), rules);
    return start(
        datastores,
        Optional.empty(),
        OptionalInt.empty(),
        List.of("--access", file.toString(), "--audit-log", directory.resolve("audit").toString()));
  }

  /**
   * The same with {@code store0} removable.
   *
   * @param disk a directory on a block device, which represents its mount point; not removed
   */
  static DatastoredServer startWithOneRemovable(int datastores, Path disk, List<String> options)
      throws IOException {
    return start(datastores, Optional.of(disk), OptionalInt.empty(), options);
  }

  private static DatastoredServer start(
      int datastores, Optional<Path> disk, OptionalInt admin, List<String> wanted)
      throws IOException {
    Path directory = Files.createTempDirectory("datastored-load");
    List<String> options = new ArrayList<>(wanted);
    StringBuilder config = new StringBuilder();
    for (int i = 0; i < datastores; i++) {
      config.append("datastore: store").append(i);
      config.append("\n\tcomment shelf of store").append(i);
      config.append("\n\tgc-schedule daily\n\tnotification-mode notification-system");
      if (i == 0 && disk.isPresent()) {
        options.addAll(mounted(directory, disk.get()));
        config.append("\n\tbacking-device ").append(UUID).append("\n\tpath store\n\n");
      } else {
        config.append("\n\tpath ").append(directory.resolve("base" + i)).append("\n\n");
      }
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
                "--admin-listen",
                admin.isPresent() ? "127.0.0.1:" + admin.getAsInt() : "none",
                "--log-level",
                "warn",
                "--listen",
                "127.0.0.1:" + port));
    if (!options.contains("--access")) {
      arguments.add("--open");
    }
    arguments.addAll(options);
    return new DatastoredServer(directory, ChildServer.launched(port, arguments), admin.orElse(0));
  }

  /** Sets up a directory as the mount point of the device of {@code store0}. */
  private static List<String> mounted(Path directory, Path disk) throws IOException {
    BlockMount mount = BlockMount.of(disk);
    Path unused = Files.createDirectories(disk.resolve("store"));
    Path mounts = Files.createDirectory(directory.resolve("mounts"));
    unused = Files.createSymbolicLink(mounts.resolve("store0"), disk);
    Path devices = Files.createDirectory(directory.resolve("by-uuid"));
    unused = Files.createSymbolicLink(devices.resolve(UUID), mount.device());
    return List.of("--mount-root", mounts.toString(), "--device-root", devices.toString());
  }

  ChildServer process() {
    return server;
  }

  /** Where it answers over HTTP, if it does. */
  String adminUrl() {
    return "http://127.0.0.1:" + adminPort;
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
