package io.datastored.mount;

import java.nio.file.Path;

/**
 * Mount roots are the places where removable datastores and their devices appear. Immutable.
 *
 * @param mounts the directory in which a removable datastore is mounted under its name
 * @param devices the directory in which file systems appear under their UUID
 * @param mountInfo the kernel's list of mounts, in the format of {@code /proc/self/mountinfo}
 */
public record MountRoots(Path mounts, Path devices, Path mountInfo) {

  /** The places that Proxmox Backup Server and Linux use. */
  public static final MountRoots SYSTEM =
      new MountRoots(
          Path.of("/mnt/datastore"), Path.of("/dev/disk/by-uuid"), Path.of("/proc/self/mountinfo"));
}
