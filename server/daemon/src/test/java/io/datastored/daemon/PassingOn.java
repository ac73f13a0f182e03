package io.datastored.daemon;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/**
 * A process that passes each connection of its Unix socket on to another one, whose server takes it
 * for the client. Ends with its standard input.
 */
final class PassingOn {
  private PassingOn() {}

  /**
   * Says {@code open} on standard output when it can be connected to.
   *
   * @param sockets its own socket, and the server's
   */
  public static void main(String[] sockets) throws IOException {
    try (var door = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      door.bind(UnixDomainSocketAddress.of(sockets[0]));
      daemon(() -> accept(door, UnixDomainSocketAddress.of(sockets[1])));
      System.out.println("open");
      while (System.in.read() >= 0) {
        // Nothing is ever said; the end of the parent is the end of this.
      }
    }
  }

  private static void accept(ServerSocketChannel door, UnixDomainSocketAddress server)
      throws IOException {
    while (true) {
      SocketChannel client = door.accept();
      SocketChannel on = SocketChannel.open(server);
      daemon(() -> pump(client, on));
      daemon(() -> pump(on, client));
    }
  }

  private static void pump(SocketChannel from, SocketChannel to) throws IOException {
    try (from;
        to) {
      ByteBuffer bytes = ByteBuffer.allocate(1 << 16);
      while (from.read(bytes) >= 0) {
        bytes.flip();
        while (bytes.hasRemaining()) {
          to.write(bytes);
        }
        bytes.clear();
      }
    }
  }

  private interface Work {
    void run() throws IOException;
  }

  private static void daemon(Work work) {
    var thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException e) {
                // That connection has ended.
              }
            });
    thread.setDaemon(true);
    thread.start();
  }
}
