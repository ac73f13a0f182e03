package io.datastored.client;

import io.grpc.ChannelCredentials;
import io.grpc.ManagedChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.Epoll;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollChannelOption;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * A Netty transport runs the event loops of clients and creates their channel builders.
 * Thread-safe.
 *
 * <p>No other class refers to the bundled Netty, and this class is loaded on first use: a program
 * whose clients have a {@link ChannelSource} can exclude that Netty.
 */
final class NettyTransport implements Transport {

  private static final String UNIX = "unix:";

  private final EventLoopGroup group;

  private NettyTransport(EventLoopGroup group) {
    this.group = group;
  }

  /** Creates event loops on this many threads, which start when they are needed. */
  static Transport of(int threads, ThreadFactory factory) {
    return new NettyTransport(
        new MultiThreadIoEventLoopGroup(
            threads,
            factory,
            Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory()));
  }

  @Override
  public ManagedChannelBuilder<?> begin(String target, ChannelCredentials credentials) {
    NettyChannelBuilder builder =
        NettyChannelBuilder.forTarget(target, credentials).eventLoopGroup(group);
    if (!Epoll.isAvailable()) {
      return builder.channelType(NioSocketChannel.class);
    }
    return target.startsWith(UNIX)
        ? withoutOptionsOfTcp(builder.channelType(EpollDomainSocketChannel.class))
        : builder.channelType(EpollSocketChannel.class);
  }

  /**
   * Unsets the TCP options that gRPC sets for every socket: Netty warns if a socket does not have
   * them.
   */
  @SuppressWarnings("NullAway")
  private static NettyChannelBuilder withoutOptionsOfTcp(NettyChannelBuilder builder) {
    return builder
        .withOption(ChannelOption.SO_KEEPALIVE, null)
        .withOption(EpollChannelOption.TCP_USER_TIMEOUT, null);
  }

  @Override
  public void shutdown() {
    Future<?> unused = group.shutdownGracefully(0, 0, TimeUnit.SECONDS);
  }
}
