package io.datastored.daemon;

import com.google.common.collect.ImmutableList;
import io.grpc.Server;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A listener is one running gRPC server, with the file of its Unix socket if it has one.
 * Thread-safe.
 */
final class Listener {
  private static final Logger log = LoggerFactory.getLogger(Listener.class);

  private final Server server;
  private final Optional<Path> socket;

  /** Identifies the socket's file: another server may have replaced it since. */
  private final @Nullable Object key;

  private Listener(Server server, Optional<Path> socket, @Nullable Object key) {
    this.server = server;
    this.socket = socket;
    this.key = key;
  }

  static Listener of(Server server) {
    return new Listener(server, Optional.empty(), null);
  }

  static Listener of(Server server, Path socket) {
    return new Listener(server, Optional.of(socket), keyOf(socket));
  }

  Server server() {
    return server;
  }

  /** The addresses it listens on, with the port that the system chose. */
  ImmutableList<SocketAddress> addresses() {
    return socket
        .map(path -> ImmutableList.<SocketAddress>of(new DomainSocketAddress(path.toFile())))
        .orElseGet(() -> ImmutableList.copyOf(server.getListenSockets()));
  }

  /** Accepts no new connections and calls; calls in flight continue. */
  void shutdown() {
    server.shutdown();
    removeSocket();
  }

  /** Accepts no new connections and calls, and ends the calls in flight. */
  void shutdownNow() {
    server.shutdownNow();
    removeSocket();
  }

  private void removeSocket() {
    if (socket.isEmpty() || key == null || !key.equals(keyOf(socket.get()))) {
      return;
    }
    try {
      Files.deleteIfExists(socket.get());
    } catch (IOException e) {
      log.atWarn().log("cannot remove the socket {}: {}", socket.get(), e.toString());
    }
  }

  private static @Nullable Object keyOf(Path socket) {
    try {
      return Files.readAttributes(socket, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
          .fileKey();
    } catch (IOException gone) {
      return null;
    }
  }
}
