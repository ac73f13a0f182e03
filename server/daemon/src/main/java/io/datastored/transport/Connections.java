package io.datastored.transport;

import com.google.common.annotations.VisibleForTesting;
import com.google.common.base.Ticker;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Connections count the connections over one kind of socket, in total and per other host, and limit
 * their resets together. Thread-safe: one atomic word, one concurrent map and a bucket.
 */
public final class Connections {
  /**
   * A host of an IPv6 network chooses its address within a /64 freely, so that network counts as
   * one address.
   */
  private static final int IPV6_NETWORK_BYTES = 8;

  /** Short-lived connections per second; each command makes one. */
  private static final Rate SHORT_LIVED = Rate.of(100, 4);

  private final ConnectionLimits limits;
  private final TokenBucket shortLived;
  private final TokenBucket resets;
  private final AtomicInteger total = new AtomicInteger();
  private final Map<Network, Integer> byNetwork = new ConcurrentHashMap<>();

  private record Network(String prefix) {
    static Network of(InetAddress address) {
      byte[] bytes = address.getAddress();
      byte[] prefix =
          address instanceof Inet6Address ? Arrays.copyOf(bytes, IPV6_NETWORK_BYTES) : bytes;
      return new Network(Arrays.toString(prefix));
    }
  }

  /** Starts without connections. */
  public Connections(ConnectionLimits limits, Ticker ticker) {
    this.limits = limits;
    this.resets = new TokenBucket(limits.allResets(), ticker);
    this.shortLived = new TokenBucket(SHORT_LIVED, ticker);
  }

  ConnectionLimits limits() {
    return limits;
  }

  /** The allowance of short-lived connections: while it is empty, new connections wait. */
  TokenBucket shortLived() {
    return shortLived;
  }

  /** The allowance of resets of all connections. */
  TokenBucket resets() {
    return resets;
  }

  /**
   * Counts a new connection, unless there are too many.
   *
   * @param from empty for a process of this host, which only the total limits
   * @return the refusal; empty if it was counted
   */
  Optional<Refusal> admit(Optional<InetAddress> from) {
    if (total.incrementAndGet() > limits.connections()) {
      total.decrementAndGet();
      return Optional.of(Refusal.TOO_MANY_CONNECTIONS);
    }
    if (from.isPresent()
        && byNetwork.merge(Network.of(from.get()), 1, Integer::sum) > limits.perAddress()) {
      left(from);
      return Optional.of(Refusal.TOO_MANY_OF_ONE_ADDRESS);
    }
    return Optional.empty();
  }

  /** Removes a counted connection. */
  void left(Optional<InetAddress> from) {
    total.decrementAndGet();
    from.ifPresent(
        address ->
            byNetwork.computeIfPresent(
                Network.of(address), (network, count) -> count == 1 ? null : count - 1));
  }

  @VisibleForTesting
  int count() {
    return total.get();
  }

  @VisibleForTesting
  int networks() {
    return byNetwork.size();
  }
}
