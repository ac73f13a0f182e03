package io.datastored.transport;

import com.google.common.base.Ticker;
import com.google.common.net.HostAndPort;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A connection gate accepts connections: it counts them, refuses excess ones, and guards those that
 * it admits. Confined to the event loop that accepts; one for each listen address.
 */
public final class ConnectionGate extends ChannelInboundHandlerAdapter {
  private static final Duration SHORT_LIFE = Duration.ofSeconds(1);
  private static final long PAUSE_MILLIS = 10;

  /** Accepted, and not yet admitted. Confined to the event loop that accepts. */
  private final Deque<Channel> waiting = new ArrayDeque<>();

  private final Connections connections;
  private final Wire wire;
  private final Ticker ticker;
  private final InstantSource wallClock;
  private final RefusalLog log;

  /**
   * @param connections the count, shared with the other gates that have the same object
   */
  public ConnectionGate(
      Connections connections, Wire wire, Ticker ticker, InstantSource wallClock, RefusalLog log) {
    this.connections = connections;
    this.wire = wire;
    this.ticker = ticker;
    this.wallClock = wallClock;
    this.log = log;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object accepted) {
    Channel connection = (Channel) accepted;
    Optional<InetAddress> from = otherHost(connection);
    Optional<Refusal> refused = connections.admit(from);
    if (refused.isPresent()) {
      log.refused(refused.get(), text(connection));
      connection.unsafe().closeForcibly(); // it is not registered yet
      return;
    }
    connection.closeFuture().addListener(closed -> connections.left(from));
    waiting.add(connection);
    if (waiting.size() == 1) {
      open(ctx);
    }
  }

  /**
   * Admits waiting connections, unless too many have ended at once: a client that is disconnected
   * for a flood and reconnects immediately costs more than what it sends.
   */
  private void open(ChannelHandlerContext ctx) {
    while (!waiting.isEmpty() && !connections.shortLived().isEmpty()) {
      Channel connection = waiting.remove();
      long opened = ticker.read();
      connection
          .closeFuture()
          .addListener(
              closed -> {
                if (ticker.read() - opened < SHORT_LIFE.toNanos()) {
                  connections.shortLived().take();
                }
              });
      connection.pipeline().addLast(new Opening(connections, wire, ticker, wallClock, log));
      ctx.fireChannelRead(connection);
    }
    if (!waiting.isEmpty()) {
      ctx.executor().schedule(() -> open(ctx), PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    waiting.forEach(connection -> connection.unsafe().closeForcibly());
    waiting.clear();
    ctx.fireChannelInactive();
  }

  private static Optional<InetAddress> otherHost(Channel connection) {
    return connection.remoteAddress() instanceof InetSocketAddress tcp
            && tcp.getAddress() != null
            && !tcp.getAddress().isLoopbackAddress()
        ? Optional.of(tcp.getAddress())
        : Optional.empty();
  }

  /** The address of the other end, for a log line. */
  static String text(Channel connection) {
    return connection.remoteAddress() instanceof InetSocketAddress tcp && tcp.getAddress() != null
        ? HostAndPort.fromParts(tcp.getAddress().getHostAddress(), tcp.getPort()).toString()
        : "unix";
  }
}
