package io.datastored.testkit.proxy;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A link is one connection through a proxy: a socket at the client's side, one at the server's, and
 * a pipe each way. Thread-safe: its state is under its own lock.
 */
final class Link {

  private final SocketChannel client;
  private final SocketChannel server;
  private final Consumer<Link> whenOver;
  private final Map<Direction, Pipe> pipes = new EnumMap<>(Direction.class);
  private final List<Thread> threads = new ArrayList<>();
  private int open = Direction.BOTH.size();
  private boolean over;

  Link(
      SocketChannel client,
      SocketChannel server,
      Map<Direction, Lane> lanes,
      Consumer<Link> whenOver) {
    this.client = client;
    this.server = server;
    this.whenOver = whenOver;
    pipes.put(Direction.TO_SERVER, new Pipe(client, server, lanes.get(Direction.TO_SERVER), this));
    pipes.put(Direction.TO_CLIENT, new Pipe(server, client, lanes.get(Direction.TO_CLIENT), this));
    pipes.forEach(
        (direction, pipe) -> {
          threads.add(new Thread(pipe::read, "proxy-read-" + direction));
          threads.add(new Thread(pipe::write, "proxy-write-" + direction));
        });
  }

  void start() {
    for (Thread thread : threads) {
      thread.setDaemon(true);
      thread.start();
    }
  }

  /** A pipe has carried everything to its end. */
  void ended(Pipe pipe) {
    synchronized (this) {
      open--;
      if (open > 0) {
        return;
      }
    }
    close();
  }

  void halfClose(Direction direction) {
    try {
      pipes.get(direction).end();
    } catch (IOException e) {
      cut();
    }
  }

  /** Resets the connection at both ends. */
  void cut() {
    reset(client);
    reset(server);
    close();
  }

  /** A socket that is closed so sends a reset instead of an end. */
  static void reset(SocketChannel socket) {
    try {
      if (socket.isOpen() && socket.supportedOptions().contains(StandardSocketOptions.SO_LINGER)) {
        socket.setOption(StandardSocketOptions.SO_LINGER, 0);
      }
      socket.close();
    } catch (IOException e) {
      // It was closed already.
    }
  }

  private void close() {
    synchronized (this) {
      if (over) {
        return;
      }
      over = true;
    }
    try {
      client.close();
      server.close();
    } catch (IOException e) {
      // As good as closed.
    }
    // One that waits in a lane, for room or for bytes.
    for (Thread thread : threads) {
      if (thread != Thread.currentThread()) {
        thread.interrupt();
      }
    }
    whenOver.accept(this);
  }

  /** Waits until its threads are gone; the link is over. */
  void join() throws InterruptedException {
    for (Thread thread : threads) {
      thread.join();
    }
  }
}
