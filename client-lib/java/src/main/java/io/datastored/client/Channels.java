package io.datastored.client;

import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.Epoll;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;

/** Channels are made here, on the client's own threads. Immutable. */
final class Channels {

  private static final String UNIX = "unix:";

  /** A frame is at most 1 MiB; a single datastore that is larger travels alone. */
  private static final int MOST_BYTES = 16 << 20;

  private final ClientOptions options;
  private final ClientThreads threads;

  Channels(ClientOptions options, ClientThreads threads) {
    this.options = options;
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
        ? builder.channelType(EpollDomainSocketChannel.class)
        : builder.channelType(EpollSocketChannel.class);
  }
}
