package io.datastored.cli.command;

import io.datastored.cli.flag.BuildVersion;
import io.datastored.v1.Holder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What this process tells a server of itself. Stateless. */
final class SelfHolder {

  /** Where Linux tells it without asking a name server. */
  private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");

  private SelfHolder() {}

  static Holder holder(String client) {
    return Holder.newBuilder()
        .setClient(client)
        .setHost(hostName())
        .setPid(ProcessHandle.current().pid())
        .setVersion(BuildVersion.number())
        .build();
  }

  private static String hostName() {
    try {
      return Files.readString(HOST_NAME).strip();
    } catch (IOException notLinux) {
      return askedFor();
    }
  }

  private static String askedFor() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException nameless) {
      return "";
    }
  }
}
