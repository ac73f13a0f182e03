package io.datastored.daemon;

import com.google.common.collect.ImmutableList;
import io.grpc.Server;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The listeners are the running gRPC servers, one per address, all with the same services.
 * Thread-safe: immutable but for the servers, which are thread-safe.
 */
final class Listeners {
  private final ImmutableList<Server> servers;

  Listeners(List<Server> servers) {
    this.servers = ImmutableList.copyOf(servers);
  }

  ImmutableList<Server> servers() {
    return servers;
  }

  /** Takes no new connection and no new call; those in flight go on. */
  void refuseNew() {
    servers.forEach(Server::shutdown);
  }

  /** Ends everything at once. Idempotent. */
  void close() {
    servers.forEach(Server::shutdownNow);
  }

  /** Waits for the calls in flight, and ends those that are left after the grace. */
  void finish(Duration grace) {
    long end = System.nanoTime() + grace.toNanos();
    try {
      for (Server server : servers) {
        server.awaitTermination(end - System.nanoTime(), TimeUnit.NANOSECONDS);
      }
      servers.forEach(Server::shutdownNow);
      for (Server server : servers) {
        server.awaitTermination(Duration.ofSeconds(5).toNanos(), TimeUnit.NANOSECONDS);
      }
    } catch (InterruptedException e) {
      servers.forEach(Server::shutdownNow);
      Thread.currentThread().interrupt();
    }
  }
}
