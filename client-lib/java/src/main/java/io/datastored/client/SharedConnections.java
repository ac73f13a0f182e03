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
 * Shared connections carry the calls of many clients of one process, so that a thousand clients do
 * not make a thousand connections, neither at their start nor when their server comes back. Thread-
 * safe: under its own lock.
 *
 * <p>A connection is made when all that are there carry as many channels as they may, and closed
 * with the last channel on it. A client has two channels: what it gains by keeping its renewals
 * apart from its lookups ends where a connection is shared.
 */
public final class SharedConnections implements ChannelSource {

  private final ChannelSource source;
  private final int most;
  private final LongSupplier nanoTime;

  /** Guarded by this, as is the number of channels of each. */
  private final List<SharedConnection> connections = new ArrayList<>();

  private SharedConnections(ChannelSource source, int most, LongSupplier nanoTime) {
    this.source = source;
    this.most = most;
    this.nanoTime = nanoTime;
  }

  /**
   * Shares the connections that a source begins.
   *
   * @param most how many channels one connection carries at most, two of each client; a watch and a
   *     few calls of each must fit into the streams that the server allows (1,000 by default)
   * @throws IllegalArgumentException when that is less than 1
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

  /** How many connections there are now. */
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

  /** What many do to one connection, as often as is good for it. Thread-safe. */
  static final class SharedConnection {

    private static final long RENEWAL_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long NUDGE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final String target;
    final ManagedChannel channel;
    private final LongSupplier nanoTime;

    /** Guarded by the one who shares it. */
    private int channels;

    /** Guarded by this. */
    private long renewedAt;

    private long nudgedAt;

    /** Whether somebody found it dead, and nobody has been answered since. */
    private volatile boolean doubted;

    SharedConnection(String target, ManagedChannel channel, LongSupplier nanoTime) {
      this.target = target;
      this.channel = channel;
      this.nanoTime = nanoTime;
      this.renewedAt = nanoTime.getAsLong() - RENEWAL_NANOS;
      this.nudgedAt = nanoTime.getAsLong() - NUDGE_NANOS;
    }

    /** All find out that nobody answers on it, one after another; the first one's word counts. */
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

    /** Somebody was answered on it. */
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

    /** Names are resolved on threads of gRPC's: those of one client may end before the others. */
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
