package io.datastored.testkit.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * An echo is a server that sends back what it gets, and remembers it. Thread-safe: what it
 * remembers is safe to read.
 */
final class Echo implements AutoCloseable {

  private final ServerSocket listener;
  private final StringBuffer heard = new StringBuffer();
  private final List<String> ends = new CopyOnWriteArrayList<>();
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();

  private Echo(ServerSocket listener) {
    this.listener = listener;
  }

  static Echo start() throws IOException {
    Echo echo =
        LowPorts.bind(
            address -> new Echo(new ServerSocket(address.getPort(), 50, address.getAddress())));
    Thread thread = new Thread(echo::accept, "echo-accept");
    thread.setDaemon(true);
    thread.start();
    return echo;
  }

  InetSocketAddress address() {
    return new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort());
  }

  /** Everything that has arrived. */
  String heard() {
    return heard.toString();
  }

  /** How the connections ended that did: {@code end} or {@code reset}. */
  List<String> ends() {
    return List.copyOf(ends);
  }

  /** Says something that nobody asked for, on every connection. */
  void say(String text) throws IOException {
    for (Socket socket : sockets) {
      socket.getOutputStream().write(text.getBytes(US_ASCII));
    }
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = listener.accept();
        sockets.add(socket);
        Thread thread = new Thread(() -> echo(socket), "echo");
        thread.setDaemon(true);
        thread.start();
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private void echo(Socket socket) {
    byte[] bytes = new byte[1024];
    try {
      InputStream in = socket.getInputStream();
      for (int length = in.read(bytes); length >= 0; length = in.read(bytes)) {
        heard.append(new String(bytes, 0, length, US_ASCII));
        socket.getOutputStream().write(bytes, 0, length);
      }
      ends.add("end");
    } catch (IOException e) {
      ends.add("reset");
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
