package io.datastored.bench.load;

import io.grpc.Channel;
import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.TlsChannelCredentials;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Connections are the channels to one server, used in turn. Thread-safe. */
final class Connections implements AutoCloseable {

  private final List<ManagedChannel> channels = new ArrayList<>();

  private Connections() {}

  /** Opens plaintext channels to a port of the loopback interface. */
  static Connections open(int port, int count) {
    return open(port, count, InsecureChannelCredentials.create());
  }

  /** The same over TLS. */
  static Connections openTls(int port, int count, Certificate certificate) throws IOException {
    return open(port, count, trusting(certificate));
  }

  /** Channel credentials that trust a certificate. */
  static ChannelCredentials trusting(Certificate certificate) throws IOException {
    return TlsChannelCredentials.newBuilder()
        .trustManager(certificate.certificate().toFile())
        .build();
  }

  private static Connections open(int port, int count, ChannelCredentials credentials) {
    Connections all = new Connections();
    for (int i = 0; i < count; i++) {
      all.channels.add(
          Grpc.newChannelBuilder("127.0.0.1:" + port, credentials)
              .directExecutor()
              .maxInboundMessageSize(16 << 20)
              .build());
    }
    return all;
  }

  Channel get(int i) {
    return channels.get(Math.floorMod(i, channels.size()));
  }

  @Override
  public void close() {
    channels.forEach(ManagedChannel::shutdownNow);
  }
}
