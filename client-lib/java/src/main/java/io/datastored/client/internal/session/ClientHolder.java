package io.datastored.client.internal.session;

import io.datastored.client.ClientOptions;
import io.datastored.client.internal.loop.WireTimes;
import io.datastored.v1.Holder;
import io.datastored.v1.OpenSessionRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A client holder is the description of a client that operators see. */
public final class ClientHolder {

  private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");

  private ClientHolder() {}

  /** The request that opens a session, without the session id. */
  public static OpenSessionRequest request(ClientOptions options) {
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

  /**
   * Avoids {@code InetAddress.getLocalHost}, which may query a name server that does not answer.
   */
  private static String hostName() {
    try {
      return Files.readString(HOST_NAME).strip();
    } catch (IOException notLinux) {
      String name = System.getenv("HOSTNAME");
      return name == null ? "" : name;
    }
  }
}
