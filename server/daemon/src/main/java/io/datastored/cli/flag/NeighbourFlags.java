package io.datastored.cli.flag;

import static io.datastored.cli.flag.OptionRules.DEFAULTS;

import io.datastored.neighbour.PbsDirectories;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The flags of {@code serve} for a Proxmox Backup Server on this host. Confined to one thread. */
public final class NeighbourFlags {

  @Option(
      names = "--pbs-config-dir",
      paramLabel = "DIR",
      description = {
        "Configuration directory of Proxmox Backup Server (default: ${DEFAULT-VALUE}).",
        "While it runs, drains of datastores in its datastore.cfg wait: its operations cannot be seen."
      })
  Path pbsConfigDirectory = DEFAULTS.drains().pbs().config();

  @Option(
      names = "--pbs-run-dir",
      paramLabel = "DIR",
      description =
          "Directory with the pid files and active-operations of Proxmox Backup Server (default:"
              + " ${DEFAULT-VALUE}).")
  Path pbsRunDirectory = DEFAULTS.drains().pbs().run();

  public void applyTo(OptionRules options) {
    options.set(
        "--pbs-config-dir, --pbs-run-dir",
        to ->
            to.drains.pbs =
                new PbsDirectories(
                    pbsConfigDirectory.toAbsolutePath(), pbsRunDirectory.toAbsolutePath()));
  }
}
