package io.datastored.neighbour;

import java.nio.file.Path;

/**
 * PBS directories are where Proxmox Backup Server keeps the files that show its state. Immutable.
 *
 * @param config its configuration, including {@code datastore.cfg}
 * @param run the pid files of its daemons, and its tracking files in {@code active-operations}
 */
public record PbsDirectories(Path config, Path run) {

  /** The directories of a packaged Proxmox Backup Server. */
  public static final PbsDirectories DEFAULT =
      new PbsDirectories(Path.of("/etc/proxmox-backup"), Path.of("/run/proxmox-backup"));
}
