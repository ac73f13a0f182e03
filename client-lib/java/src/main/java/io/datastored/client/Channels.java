package io.datastored.client;

import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.Epoll;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollChannelOption;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Channels are made here, on the client's own threads. Immutable. */
final class Channels {

  private static final String UNIX = "unix:";

  /** A frame is at most 1 MiB; a single datastore that is larger travels alone. */
  private static final int MOST_BYTES = 16 << 20;

  /**
   * gRPC logs each failure to resolve a name with its stack trace, several times a second; the
   * client reports it to whoever waits. Held here: a logger that nobody holds forgets its level.
   */
  private static final Logger NAMES = Logger.getLogger("io.grpc.internal.ManagedChannelImpl");

  /**
   * A connection on which a call waits and nothing comes for so long is asked for a sign of life,
   * and is dead without it. Not more often than the server permits, 10 s.
   */
  private static final Duration KEEPALIVE = Duration.ofSeconds(12);

  private static final Duration KEEPALIVE_ANSWER = Duration.ofSeconds(4);

  private final ClientOptions options;
  private final ClientThreads threads;

  Channels(ClientOptions options, ClientThreads threads) {
    this.options = options;
    if (NAMES.getLevel() == null) {
      NAMES.setLevel(Level.SEVERE);
    }
    this.threads = threads;
  }

  ManagedChannel open() {
    ManagedChannelBuilder<?> builder =
        options
            .channels()
            .<ManagedChannelBuilder<?>>map(source -> source.begin(options.target()))
            .orElseGet(this::netty);
    // Answers hop to the loop by themselves; names are resolved where it holds up no renewal.
    return builder
        .directExecutor()
        .offloadExecutor(threads.names())
        .keepAliveTime(KEEPALIVE.toSeconds(), TimeUnit.SECONDS)
        .keepAliveTimeout(KEEPALIVE_ANSWER.toSeconds(), TimeUnit.SECONDS)
        .maxInboundMessageSize(MOST_BYTES)
        .build();
  }

  private NettyChannelBuilder netty() {
    EventLoopGroup network =
        threads
            .network()
            .orElseThrow(
                () -> new IllegalStateException("threads without a network need a ChannelSource"));
    NettyChannelBuilder builder =
        NettyChannelBuilder.forTarget(options.target(), options.credentials())
            .eventLoopGroup(network);
    if (!Epoll.isAvailable()) {
      return builder.channelType(NioSocketChannel.class);
    }
    return options.target().startsWith(UNIX)
        ? withoutOptionsOfTcp(builder.channelType(EpollDomainSocketChannel.class))
        : builder.channelType(EpollSocketChannel.class);
  }

  /**
   * gRPC sets them for every socket, and Netty warns where there is no such option; null unsets it.
   */
  @SuppressWarnings("NullAway")
  private static NettyChannelBuilder withoutOptionsOfTcp(NettyChannelBuilder builder) {
    return builder
        .withOption(ChannelOption.SO_KEEPALIVE, null)
        .withOption(EpollChannelOption.TCP_USER_TIMEOUT, null);
  }
}
