package io.datastored.client.fake;

import io.grpc.ServerBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * A fake network is a free port of this host. Stateless. A class of its own: it is loaded only by
 * who has the client's own transport.
 */
final class FakeNetwork {

  private FakeNetwork() {}

  static ServerBuilder<?> begin() {
    return NettyServerBuilder.forAddress(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }
}
