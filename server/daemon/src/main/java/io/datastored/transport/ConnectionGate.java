package io.datastored.transport;

import com.google.common.base.Ticker;
import com.google.common.net.HostAndPort;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * A connection gate stands where connections are accepted: it counts them, refuses what is too
 * many, and guards those that it lets in. Thread-safe; one for each listen address.
 */
@Sharable
public final class ConnectionGate extends ChannelInboundHandlerAdapter {
  private final Connections connections;
  private final Wire wire;
  private final Ticker ticker;
  private final RefusalLog log;

  /**
   * @param connections counted together with those of other gates that have the same
   */
  public ConnectionGate(Connections connections, Wire wire, Ticker ticker, RefusalLog log) {
    this.connections = connections;
    this.wire = wire;
    this.ticker = ticker;
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
    connection.pipeline().addLast(new Opening(connections, wire, ticker, log));
    ctx.fireChannelRead(accepted);
  }

  private static Optional<InetAddress> otherHost(Channel connection) {
    return connection.remoteAddress() instanceof InetSocketAddress tcp
            && tcp.getAddress() != null
            && !tcp.getAddress().isLoopbackAddress()
        ? Optional.of(tcp.getAddress())
        : Optional.empty();
  }

  /** The address of the other end for a log line. */
  static String text(Channel connection) {
    return connection.remoteAddress() instanceof InetSocketAddress tcp && tcp.getAddress() != null
        ? HostAndPort.fromParts(tcp.getAddress().getHostAddress(), tcp.getPort()).toString()
        : "unix";
  }
}
