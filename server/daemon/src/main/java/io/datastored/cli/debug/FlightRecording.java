package io.datastored.cli.debug;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/**
 * A flight recording is a recording of a server by Java Flight Recorder over some time: processor
 * time, memory, locks, files, sockets. It has no variables of the environment, no system properties
 * and no command lines, where secrets could be. Confined to the command's thread.
 */
final class FlightRecording {

  private static final List<String> LEFT_OUT =
      List.of(
          "jdk.InitialEnvironmentVariable",
          "jdk.InitialSystemProperty",
          "jdk.SystemProcess",
          "jdk.JVMInformation");

  private final JavaProcess process;

  /** The root directory of the process as this process sees it: a service may have its own. */
  private final Path root;

  private final String name = "datastored-debug-" + UUID.randomUUID();

  FlightRecording(JavaProcess process, long pid) {
    this.process = process;
    this.root = Path.of("/proc/" + pid + "/root");
  }

  /** Records for this long; stops early, and keeps nothing, if the thread is interrupted. */
  byte[] record(Duration duration) throws IOException, InterruptedException {
    String started =
        process.ask(
            "JFR.start name=%s settings=default %s"
                .formatted(
                    name,
                    String.join(
                        " ", LEFT_OUT.stream().map(event -> event + "#enabled=false").toList())));
    if (!started.contains("Started recording")) {
      throw new IOException(started.strip());
    }
    try {
      Thread.sleep(duration.toMillis());
      return dump();
    } finally {
      String unused = process.ask("JFR.stop name=" + name);
    }
  }

  /** By way of a directory that only the server's user can enter. */
  private byte[] dump() throws IOException {
    String seenByServer = process.temporaryDirectory() + "/" + name;
    Path seenHere = root.resolve(seenByServer.substring(1));
    Files.createDirectory(
        seenHere,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Path file = seenHere.resolve("recording.jfr");
    try {
      for (String owner : List.of("unix:uid", "unix:gid")) {
        Files.setAttribute(
            seenHere, owner, Files.getAttribute(root.resolveSibling("status"), owner));
      }
      String dumped =
          process.ask("JFR.dump name=%s filename=%s/recording.jfr".formatted(name, seenByServer));
      if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
        throw new IOException(dumped.strip());
      }
      return Files.readAllBytes(file);
    } finally {
      Files.deleteIfExists(file);
      Files.deleteIfExists(seenHere);
    }
  }
}
