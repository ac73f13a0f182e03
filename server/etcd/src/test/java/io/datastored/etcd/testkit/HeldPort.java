package io.datastored.etcd.testkit;

import io.datastored.testkit.proxy.LowPorts;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/**
 * A held port is one of the loopback interface that no other test gets, also while the program that
 * listens there is dead. The program must be one that shares its port. Immutable.
 */
record HeldPort(InetSocketAddress address, SocketChannel holder) implements AutoCloseable {

  static HeldPort take() throws IOException {
    return LowPorts.bind(
        address -> {
          // First alone: a port that another test shares with its program is not free.
          try (ServerSocketChannel alone = ServerSocketChannel.open()) {
            alone.bind(address);
          }
          SocketChannel holder = SocketChannel.open();
          try {
            // Bound, and not listening: the kernel gives all connections to the program.
            holder.setOption(StandardSocketOptions.SO_REUSEPORT, true).bind(address);
          } catch (IOException e) {
            holder.close();
            throw e;
          }
          return new HeldPort(address, holder);
        });
  }

  String target() {
    return address.getAddress().getHostAddress() + ":" + address.getPort();
  }

  String url() {
    return "http://" + target();
  }

  @Override
  public void close() throws IOException {
    holder.close();
  }
}
