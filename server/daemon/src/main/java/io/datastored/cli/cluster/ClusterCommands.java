package io.datastored.cli.cluster;

import com.google.common.collect.ImmutableMap;
import io.datastored.cli.command.CommandGroup;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import picocli.CommandLine;

/** The cluster commands are the subcommands of {@code datastored cluster}. Stateless. */
public final class ClusterCommands {

  private ClusterCommands() {}

  /**
   * The group.
   *
   * @param in for a configuration from the input, and for answers to questions
   * @param bytes for a configuration to the output, byte for byte
   * @param environment names the editor
   */
  public static CommandLine group(
      InputStream in, OutputStream bytes, Map<String, String> environment) {
    return CommandGroup.of(
        "cluster",
        "Moves a configuration from a file to etcd and back, changes it there, and looks after the"
            + " servers that share it. Needs an etcd; no server has to run.",
        new ClusterInitCommand(in),
        new ClusterExportCommand(bytes),
        new ClusterImportCommand(in),
        new ClusterEditCommand(in, Editor.in(ImmutableMap.copyOf(environment))),
        new ClusterStatusCommand(),
        new ClusterAcceptRestoreCommand(in),
        new ClusterForgetReplicaCommand(in));
  }
}
