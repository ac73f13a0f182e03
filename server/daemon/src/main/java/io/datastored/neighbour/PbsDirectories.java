package io.datastored.neighbour;

import java.nio.file.Path;

/**
 * PBS directories are where Proxmox Backup Server keeps what tells of it. Immutable.
 *
 * @param config its configuration, {@code datastore.cfg} among it
 * @param run the pid files of its daemons, and its tracking files in {@code active-operations}
 */
public record PbsDirectories(Path config, Path run) {

  /** Where a packaged Proxmox Backup Server has them. */
  public static final PbsDirectories DEFAULT =
      new PbsDirectories(Path.of("/etc/proxmox-backup"), Path.of("/run/proxmox-backup"));
}
