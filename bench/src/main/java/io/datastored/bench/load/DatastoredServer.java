package io.datastored.bench.load;

import io.datastored.bench.DeleteTree;
import io.datastored.bench.lookup.BlockMount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A datastored server is a real server in a separate process, with its own configuration. Confined
 * to one thread.
 */
final class DatastoredServer implements AutoCloseable {

  private static final String UUID = "0f4c2a6e-1b7d-4c55-9d7e-6a2b3c4d5e6f";

  private final Path directory;
  private final ChildServer server;

  private DatastoredServer(Path directory, ChildServer server) {
    this.directory = directory;
    this.server = server;
  }

  /** Starts a server with datastores named {@code store0} and so on. */
  static DatastoredServer start(int datastores, List<String> options) throws IOException {
    return start(datastores, Optional.empty(), options);
  }

  /**
   * The same with {@code store0} removable.
   *
   * @param disk a directory on a block device, which represents its mount point; not removed
   */
  static DatastoredServer startWithOneRemovable(int datastores, Path disk, List<String> options)
      throws IOException {
    return start(datastores, Optional.of(disk), options);
  }

  private static DatastoredServer start(int datastores, Optional<Path> disk, List<String> wanted)
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
                "--log-level",
                "warn",
                "--listen",
                "127.0.0.1:" + port));
    arguments.addAll(options);
    return new DatastoredServer(directory, ChildServer.launched(port, arguments));
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

  Path directory() {
    return directory;
  }

  @Override
  public void close() throws IOException {
    server.close();
    DeleteTree.of(directory);
  }
}
