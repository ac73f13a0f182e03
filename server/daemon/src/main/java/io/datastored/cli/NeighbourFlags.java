package io.datastored.cli;

import io.datastored.daemon.DaemonOptions;
import io.datastored.neighbour.PbsDirectories;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The flags of {@code serve} for a Proxmox Backup Server on this host. Confined to one thread. */
final class NeighbourFlags {

  @Option(
      names = "--pbs-config-dir",
      paramLabel = "DIR",
      defaultValue = "/etc/proxmox-backup",
      description = {
        "Configuration directory of Proxmox Backup Server (default: ${DEFAULT-VALUE}).",
        "While it runs, drains of datastores in its datastore.cfg wait: its operations cannot be seen."
      })
  Path pbsConfigDirectory;

  @Option(
      names = "--pbs-run-dir",
      paramLabel = "DIR",
      defaultValue = "/run/proxmox-backup",
      description =
          "Directory with the pid files and active-operations of Proxmox Backup Server (default:"
              + " ${DEFAULT-VALUE}).")
  Path pbsRunDirectory;

  DaemonOptions applyTo(DaemonOptions options) {
    return options.withDrains(
        options
            .drains()
            .withPbs(
                new PbsDirectories(
                    pbsConfigDirectory.toAbsolutePath(), pbsRunDirectory.toAbsolutePath())));
  }
}
