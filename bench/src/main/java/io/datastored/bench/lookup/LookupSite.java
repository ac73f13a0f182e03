package io.datastored.bench.lookup;

import com.google.common.collect.ImmutableList;
import io.datastored.bench.DeleteTree;
import io.datastored.config.DatastoreName;
import io.datastored.engine.EngineOptions;
import io.datastored.mount.MountRoots;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * A lookup site is a configuration with all files that an arm needs, in a separate directory.
 * Immutable; several processes may use one.
 */
final class LookupSite implements AutoCloseable {

  private static final String UUID = "0f4c2a6e-1b7d-4c55-9d7e-6a2b3c4d5e6f";

  /** The directory of mount points, used only for removable datastores. */
  private static final String MOUNTS = "mounts";

  private final Path directory;
  private final ImmutableList<DatastoreName> names;
  private final Optional<BlockMount> mount;

  private LookupSite(
      Path directory, ImmutableList<DatastoreName> names, Optional<BlockMount> mount) {
    this.directory = directory;
    this.names = names;
    this.mount = mount;
  }

  /** Creates a site of ordinary datastores. */
  static LookupSite create(Path parent, int datastores) throws IOException {
    return create(parent, datastores, 0, Optional.empty());
  }

  /**
   * Creates the same site with the first datastore removable.
   *
   * @param disk a directory on a block device, which represents its mount point; not removed
   */
  static LookupSite createWithOneRemovable(Path parent, int datastores, Path disk)
      throws IOException {
    LookupSite site = create(parent, datastores, 1, Optional.of(BlockMount.of(disk)));
    DatastoreName name = site.names.get(0);
    makeBase(disk.resolve("store-" + name));
    Path unused = Files.createDirectory(site.directory.resolve(MOUNTS));
    unused = Files.createSymbolicLink(site.directory.resolve(MOUNTS).resolve(name.value()), disk);
    return site;
  }

  /** Creates a site of removable datastores, all on one device. */
  static LookupSite createRemovable(Path parent, int datastores, BlockMount mount)
      throws IOException {
    LookupSite site = create(parent, datastores, datastores, Optional.of(mount));
    for (DatastoreName name : site.names) {
      makeBase(site.directory.resolve(MOUNTS).resolve(name.value()).resolve("store-" + name));
    }
    return site;
  }

  /** Creates a base directory, unless it exists. */
  private static void makeBase(Path base) throws IOException {
    Path unused = Files.createDirectories(base.resolve(".chunks"));
    unused = Files.writeString(base.resolve(".lock"), "");
  }

  /** Creates the files; the caller creates the base directories of removable datastores. */
  private static LookupSite create(
      Path parent, int datastores, int removable, Optional<BlockMount> mount) throws IOException {
    Path directory = Files.createTempDirectory(parent, "datastored-lookups");
    LookupSite site = new LookupSite(directory, names(datastores), mount);
    StringBuilder config = new StringBuilder();
    for (DatastoreName name : site.names.subList(0, removable)) {
      append(config, name, "store-" + name, true);
    }
    for (DatastoreName name : site.names.subList(removable, datastores)) {
      Path base = directory.resolve("bases").resolve(name.value());
      makeBase(base);
      append(config, name, base.toString(), false);
    }
    Path unused = Files.writeString(directory.resolve("datastore.cfg"), config);
    if (mount.isPresent()) {
      Path devices = Files.createDirectory(directory.resolve("by-uuid"));
      unused = Files.createSymbolicLink(devices.resolve(UUID), mount.get().device());
      unused = Files.createFile(directory.resolve("removable"));
    }
    return site;
  }

  private static void append(
      StringBuilder config, DatastoreName name, String path, boolean removable) {
    config.append("datastore: ").append(name).append('\n');
    if (removable) {
      config.append("\tbacking-device ").append(UUID).append('\n');
    }
    config.append("\tcomment shelf of ").append(name).append('\n');
    config.append("\tgc-schedule daily\n\tnotification-mode notification-system\n");
    config.append("\tpath ").append(path).append("\n\n");
  }

  /** The site that another process has created. */
  static LookupSite at(Path directory, int datastores) throws IOException {
    return new LookupSite(
        directory,
        names(datastores),
        Files.exists(directory.resolve("removable"))
            ? BlockMount.under(directory)
            : Optional.empty());
  }

  private static ImmutableList<DatastoreName> names(int datastores) {
    ImmutableList.Builder<DatastoreName> names = ImmutableList.builder();
    for (int i = 1; i <= datastores; i++) {
      names.add(DatastoreName.of("pbs_bench_" + i));
    }
    return names.build();
  }

  Path directory() {
    return directory;
  }

  /** The base directory of a datastore. */
  Path base(DatastoreName name) {
    Path mounted = directory.resolve(MOUNTS).resolve(name.value());
    return Files.isDirectory(mounted)
        ? mounted.resolve("store-" + name)
        : directory.resolve("bases").resolve(name.value());
  }

  ImmutableList<DatastoreName> names() {
    return names;
  }

  UpstreamSite upstream() {
    return UpstreamSite.in(
        directory, directory.resolve("datastore.cfg"), directory.resolve(MOUNTS));
  }

  UpstreamParts upstreamParts() throws IOException {
    return new UpstreamParts(
        upstream(),
        mount.map(
            there ->
                new MountScan(directory.resolve("by-uuid").resolve(UUID), there.mountPoint())));
  }

  EngineOptions engineOptions() {
    return EngineOptions.of(
        directory.resolve("datastore.cfg"),
        directory.resolve("state"),
        options -> {
          options.runDirectory = Optional.of(directory.resolve("run"));
          options.mountRoots =
              new MountRoots(
                  directory.resolve(MOUNTS),
                  directory.resolve("by-uuid"),
                  MountRoots.SYSTEM.mountInfo());
        });
  }

  /**
   * Changes the first section as an administrator would, and increases the generation for the
   * original's arms.
   */
  void setMode(String mode) throws IOException {
    Path file = directory.resolve("datastore.cfg");
    String text = Files.readString(file);
    String changed =
        text.replaceAll("\tmaintenance-mode .*\n", "")
            .replaceFirst("\tnotification-mode", "\tmaintenance-mode " + mode + "\n$0");
    Path next =
        Files.writeString(
            directory.resolve("datastore.cfg.new"), changed, StandardOpenOption.CREATE);
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    new VersionPage(upstream().versions()).increase();
  }

  /** Removes the directory. */
  @Override
  public void close() throws IOException {
    DeleteTree.of(directory);
  }
}
