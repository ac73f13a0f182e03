package io.datastored.bench.lookup;

import io.datastored.config.DatastoreName;
import io.datastored.config.document.ConfigSection;
import io.datastored.operation.Operation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Upstream parts are the parts that all versions of the original's lookup share: the lock of the
 * configuration, the checks, the instances and the tracking files. Thread-safe.
 */
final class UpstreamParts implements AutoCloseable {

  private final UpstreamSite site;
  private final Optional<MountScan> mounts;
  private final UserPrincipal owner;
  private final ExclusiveLock configLock;
  private final Instances instances;
  private final Map<DatastoreName, TrackingFile> tracking = new ConcurrentHashMap<>();

  /**
   * Creates the parts on a site.
   *
   * @param mounts check for the removable datastores; empty: none is removable
   */
  UpstreamParts(UpstreamSite site, Optional<MountScan> mounts) throws IOException {
    this.site = site;
    this.mounts = mounts;
    this.instances = new Instances(site);
    this.owner = Files.getOwner(site.config());
    this.configLock = new ExclusiveLock(site.configLock());
    Path unused = Files.createDirectories(site.tracking());
  }

  UpstreamSite site() {
    return site;
  }

  Instances instances() {
    return instances;
  }

  /**
   * Locks the configuration; looks up the owner of the lock file in the user database each time,
   * like the original.
   */
  ExclusiveLock.Held lockConfig() throws IOException {
    UserPrincipal unused =
        site.config()
            .getFileSystem()
            .getUserPrincipalLookupService()
            .lookupPrincipalByName(owner.getName());
    return configLock.take();
  }

  /**
   * Makes every check of a lookup before it counts.
   *
   * @throws IOException if the operation is refused
   */
  void check(ConfigSection section, Operation operation) throws IOException {
    if (operation.refusedBy(section.maintenance().mode())) {
      throw new IOException(
          "datastore '" + section.name() + "' is in " + section.maintenance().mode().word());
    }
    if (section.settings().backingDevice().isPresent()
        && !mounts.map(MountScan::mounted).orElse(false)) {
      instances.evict(section.name());
      throw new IOException("datastore '" + section.name() + "' is not mounted");
    }
  }

  /** Counts an operation. */
  void enter(DatastoreName name, Operation operation) throws IOException {
    ActiveOperations unused = tracking(name).add(operation, 1);
  }

  /** Counts one operation less; true if this process has no operation left on the datastore. */
  boolean exit(DatastoreName name, Operation operation) throws IOException {
    ActiveOperations own = tracking(name).add(operation, -1);
    return own.read() + own.write() == 0;
  }

  private TrackingFile tracking(DatastoreName name) {
    return tracking.computeIfAbsent(
        name, key -> new TrackingFile(site.tracking(), key.value(), owner));
  }

  @Override
  public void close() throws IOException {
    instances.close();
  }
}
