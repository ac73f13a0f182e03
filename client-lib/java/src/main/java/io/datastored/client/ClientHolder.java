package io.datastored.client;

import io.datastored.v1.Holder;
import io.datastored.v1.OpenSessionRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A client holder is what operators are shown of a client. */
final class ClientHolder {

  private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");

  private ClientHolder() {}

  /** The request that opens a session, all but the id. */
  static OpenSessionRequest request(ClientOptions options) {
    return OpenSessionRequest.newBuilder()
        .setHolder(
            Holder.newBuilder()
                .setClient(options.client())
                .setVersion(options.version())
                .setHost(hostName())
                .setPid(ProcessHandle.current().pid()))
        .setTtl(WireTimes.wire(options.times().ttl()))
        .setCaches(options.nearCache())
        .build();
  }

  /** Not by {@code InetAddress.getLocalHost}: that may ask a name server that is not there. */
  private static String hostName() {
    try {
      return Files.readString(HOST_NAME).strip();
    } catch (IOException notLinux) {
      String name = System.getenv("HOSTNAME");
      return name == null ? "" : name;
    }
  }
}
