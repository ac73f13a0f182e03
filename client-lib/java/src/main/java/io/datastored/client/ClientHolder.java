package io.datastored.client;

import io.datastored.v1.Holder;
import io.datastored.v1.OpenSessionRequest;

/** A client holder is what operators are shown of a client. */
final class ClientHolder {

  private ClientHolder() {}

  /** The request that opens a session, all but the id. */
  static OpenSessionRequest request(ClientOptions options) {
    // Not by InetAddress.getLocalHost, which may ask a name server that is not there.
    String host = System.getenv("HOSTNAME");
    return OpenSessionRequest.newBuilder()
        .setHolder(
            Holder.newBuilder()
                .setClient(options.client())
                .setVersion(options.version())
                .setHost(host == null ? "" : host)
                .setPid(ProcessHandle.current().pid()))
        .setTtl(WireTimes.wire(options.times().ttl()))
        .setCaches(true)
        .build();
  }
}
