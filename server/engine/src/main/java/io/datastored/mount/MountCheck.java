package io.datastored.mount;

import io.datastored.config.DatastoreName;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A mount check determines whether the right device is mounted for a removable datastore.
 * Thread-safe.
 *
 * <p>It takes two attribute reads: the device number of the mount directory is compared with the
 * number of the device node. The list of mounts is read only if the two are not comparable, because
 * the file system reports a number of its own (btrfs, overlay: major 0).
 */
public final class MountCheck {

  private final MountRoots roots;
  private final DeviceNumbers devices;
  private final MountInfo mountInfo;

  public MountCheck(MountRoots roots, DeviceNumbers devices) {
    this.roots = roots;
    this.devices = devices;
    this.mountInfo = new MountInfo(roots.mountInfo());
  }

  /** The directory in which removable datastores are mounted. */
  public Path mounts() {
    return roots.mounts();
  }

  /** The mount point of a removable datastore. */
  public Path mountPoint(DatastoreName name) {
    return mounts().resolve(name.value());
  }

  /**
   * Whether the device with {@code uuid} is mounted at the mount point of {@code name}. Touches the
   * file system, and may block as long as a dead device does.
   */
  public MountState check(DatastoreName name, String uuid) {
    OptionalLong node = devices.blockDevice(roots.devices().resolve(uuid));
    if (node.isEmpty()) {
      return MountState.NOT_MOUNTED;
    }
    Path mountPoint = mountPoint(name);
    OptionalLong mounted = devices.deviceOf(mountPoint);
    if (mounted.isEmpty()) {
      return MountState.NOT_MOUNTED;
    }
    boolean same =
        mounted.equals(node)
            || (anonymous(mounted.getAsLong()) && listedWith(mountPoint, node.getAsLong()));
    return same ? MountState.MOUNTED : MountState.NOT_MOUNTED;
  }

  private boolean listedWith(Path mountPoint, long node) {
    Optional<Path> source = mountInfo.sourceOf(mountPoint);
    return source.isPresent() && devices.blockDevice(source.get()).equals(OptionalLong.of(node));
  }

  /**
   * Whether a number has major 0: the file system chose it, and it does not identify the device.
   */
  private static boolean anonymous(long device) {
    // glibc's encoding: the major number is in bits 8..19 and 32..63.
    return (((device >>> 8) & 0xfff) | ((device >>> 32) & ~0xfffL)) == 0;
  }
}
