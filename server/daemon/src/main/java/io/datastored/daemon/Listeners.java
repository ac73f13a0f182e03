package io.datastored.daemon;

import com.google.common.collect.ImmutableList;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Listeners are the running gRPC servers, one per address, all with the same services. Thread-safe.
 */
final class Listeners {
  private final ImmutableList<Listener> listeners;

  Listeners(List<Listener> listeners) {
    this.listeners = ImmutableList.copyOf(listeners);
  }

  /** The addresses they listen on. */
  ImmutableList<SocketAddress> addresses() {
    return listeners.stream()
        .flatMap(listener -> listener.addresses().stream())
        .collect(ImmutableList.toImmutableList());
  }

  /** Accepts no new connections and calls; calls in flight continue. */
  void refuseNew() {
    listeners.forEach(Listener::shutdown);
  }

  /** Ends everything at once. Idempotent. */
  void close() {
    listeners.forEach(Listener::shutdownNow);
  }

  /** Waits for the calls in flight, and ends the remaining ones after the grace. */
  void finish(Duration grace) {
    long end = System.nanoTime() + grace.toNanos();
    try {
      for (Listener listener : listeners) {
        listener.server().awaitTermination(end - System.nanoTime(), TimeUnit.NANOSECONDS);
      }
      listeners.forEach(Listener::shutdownNow);
      for (Listener listener : listeners) {
        listener.server().awaitTermination(Duration.ofSeconds(5).toNanos(), TimeUnit.NANOSECONDS);
      }
    } catch (InterruptedException e) {
      listeners.forEach(Listener::shutdownNow);
      Thread.currentThread().interrupt();
    }
  }
}
