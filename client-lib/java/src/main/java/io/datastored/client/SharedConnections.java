package io.datastored.client;

import io.grpc.ForwardingChannelBuilder2;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Shared connections carry the calls of many clients in one process, so that a thousand clients do
 * not open a thousand connections, neither when they start nor when their server comes back.
 * Thread-safe: guarded by its own lock.
 *
 * <p>A connection is opened when every existing one carries its maximum number of channels, and
 * closed with the last channel on it. A client has two channels, one for renewals and one for
 * lookups; on a shared connection they are no longer isolated from each other.
 */
public final class SharedConnections implements ChannelSource {

  private final ChannelSource source;
  private final int most;
  private final LongSupplier nanoTime;

  /** Guarded by this, as is the number of channels of each connection. */
  private final List<SharedConnection> connections = new ArrayList<>();

  private SharedConnections(ChannelSource source, int most, LongSupplier nanoTime) {
    this.source = source;
    this.most = most;
    this.nanoTime = nanoTime;
  }

  /**
   * Shares the connections of a source.
   *
   * @param most maximum number of channels per connection, at least 1; each client has two. A watch
   *     and a few calls per client must fit into the concurrent streams that the server allows per
   *     connection (1,000 by default)
   * @throws IllegalArgumentException if {@code most} is less than 1
   */
  public static SharedConnections of(ChannelSource source, int most) {
    return of(source, most, ClientSources.system().nanoTime());
  }

  static SharedConnections of(ChannelSource source, int most, LongSupplier nanoTime) {
    if (most < 1) {
      throw new IllegalArgumentException("a connection carries at least one channel, not " + most);
    }
    return new SharedConnections(source, most, nanoTime);
  }

  /** The current number of connections. */
  public synchronized int count() {
    return connections.size();
  }

  @Override
  public ManagedChannelBuilder<?> begin(String target) {
    return new Builder(target, source.begin(target));
  }

  private synchronized ManagedChannel join(String target, ManagedChannelBuilder<?> builder) {
    SharedConnection joined =
        connections.stream()
            .filter(connection -> connection.target.equals(target) && connection.channels < most)
            .findFirst()
            .orElseGet(() -> make(target, builder));
    joined.channels++;
    return new SharedChannel(joined, () -> leave(joined));
  }

  private SharedConnection make(String target, ManagedChannelBuilder<?> builder) {
    var made = new SharedConnection(target, builder.build(), nanoTime);
    connections.add(made);
    return made;
  }

  private synchronized boolean leave(SharedConnection connection) {
    connection.channels--;
    if (connection.channels > 0) {
      return false;
    }
    connections.remove(connection);
    ManagedChannel unused = connection.channel.shutdownNow();
    return true;
  }

  /**
   * A shared connection is a connection whose resets are rate-limited: many channels request them.
   * Thread-safe.
   */
  static final class SharedConnection {

    private static final long RENEWAL_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long NUDGE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final String target;
    final ManagedChannel channel;
    private final LongSupplier nanoTime;

    /** Guarded by the enclosing {@code SharedConnections}. */
    private int channels;

    /** Guarded by this. */
    private long renewedAt;

    private long nudgedAt;

    /** Whether a channel found the connection dead, and no answer has arrived on it since. */
    private volatile boolean doubted;

    SharedConnection(String target, ManagedChannel channel, LongSupplier nanoTime) {
      this.target = target;
      this.channel = channel;
      this.nanoTime = nanoTime;
      this.renewedAt = nanoTime.getAsLong() - RENEWAL_NANOS;
      this.nudgedAt = nanoTime.getAsLong() - NUDGE_NANOS;
    }

    /**
     * Reconnects, at most once per period: all channels notice a dead connection, one after
     * another.
     */
    synchronized void renew() {
      doubted = true;
      renewIfDue(nanoTime.getAsLong());
    }

    private void renewIfDue(long now) {
      if (now - renewedAt >= RENEWAL_NANOS) {
        doubted = false;
        renewedAt = now;
        channel.enterIdle();
      }
    }

    /** Records that an answer arrived on the connection. */
    void heard() {
      if (doubted) {
        doubted = false;
      }
    }

    synchronized void nudge() {
      long now = nanoTime.getAsLong();
      if (doubted) {
        renewIfDue(now);
      }
      if (now - nudgedAt >= NUDGE_NANOS) {
        nudgedAt = now;
        channel.resetConnectBackoff();
      }
    }
  }

  private final class Builder extends ForwardingChannelBuilder2<Builder> {
    private final String target;
    private final ManagedChannelBuilder<?> own;

    Builder(String target, ManagedChannelBuilder<?> own) {
      this.target = target;
      this.own = own;
    }

    @Override
    protected ManagedChannelBuilder<?> delegate() {
      return own;
    }

    /**
     * Ignored: names are resolved on gRPC's threads, since those of one client may end before
     * others.
     */
    @Override
    public Builder offloadExecutor(Executor threadsOfOneClient) {
      return this;
    }

    @Override
    public ManagedChannel build() {
      return join(target, own);
    }
  }
}
