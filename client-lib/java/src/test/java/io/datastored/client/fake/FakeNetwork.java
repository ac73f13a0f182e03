package io.datastored.client.fake;

import io.grpc.ServerBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * A fake network is a free port of the loopback interface. Stateless. It is a separate class so
 * that Netty is loaded only by programs that use it.
 */
final class FakeNetwork {

  private FakeNetwork() {}

  static ServerBuilder<?> begin() {
    return NettyServerBuilder.forAddress(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }
}
