package io.datastored.daemon;

import io.datastored.daemon.ListenAddress.Tcp;
import io.datastored.daemon.ListenAddress.Unix;
import io.datastored.service.Services;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Starts one Netty server per listen address. Immutable. Without TLS it refuses to start on an
 * address that other hosts reach, unless that is wanted in so many words.
 */
final class NettyListeners implements ListenerFactory {
  /** Longer than any call that ends by itself; a watch that is cut off resumes elsewhere. */
  private static final Duration AGE_GRACE = Duration.ofMinutes(1);

  private final List<ListenAddress> addresses;
  private final Exposure exposure;
  private final Optional<TlsIdentity> tls;
  private final TransportLimits limits;
  private final Supplier<EventLoopGroup> socketLoops;

  /**
   * @param socketLoops makes the event loops for Unix sockets, if there is one to listen on; TCP
   *     uses gRPC's own
   */
  NettyListeners(
      List<ListenAddress> addresses,
      Exposure exposure,
      Optional<TlsIdentity> tls,
      TransportLimits limits,
      Supplier<EventLoopGroup> socketLoops) {
    this.addresses = List.copyOf(addresses);
    this.exposure = exposure;
    this.tls = tls;
    this.limits = limits;
    this.socketLoops = socketLoops;
  }

  @Override
  public Listeners start(
      List<ServerServiceDefinition> everywhere, List<ServerServiceDefinition> localOnly)
      throws DaemonStartException {
    for (ListenAddress address : addresses) {
      refuseExposed(address);
    }
    List<Server> started = new ArrayList<>();
    boolean complete = false;
    try {
      for (ListenAddress address : addresses) {
        NettyServerBuilder builder = builder(address);
        everywhere.forEach(builder::addService);
        if (address.local()) {
          localOnly.forEach(builder::addService);
        }
        started.add(start(address, builder.build()));
      }
      complete = true;
    } finally {
      if (!complete) {
        started.forEach(Server::shutdownNow);
      }
    }
    return new Listeners(started);
  }

  private void refuseExposed(ListenAddress address) throws DaemonStartException {
    if (!address.local() && tls.isEmpty() && exposure == Exposure.GUARDED) {
      throw new DaemonStartException(
          DaemonStartException.Kind.OPTIONS,
          address
              + " can be reached from other hosts: give a certificate and a key, or say --insecure");
    }
  }

  private NettyServerBuilder builder(ListenAddress address) throws DaemonStartException {
    NettyServerBuilder builder;
    if (address instanceof Unix unix) {
      var peers = new UnixPeers();
      builder = unixBuilder(unix, peers).addTransportFilter(Services.onConnections(peers::at));
    } else {
      ServerCredentials credentials =
          tls.map(TlsIdentity::credentials).orElseGet(InsecureServerCredentials::create);
      builder =
          NettyServerBuilder.forAddress(((Tcp) address).address(), credentials)
              .addTransportFilter(Services.onConnections(peer -> Optional.empty()));
    }
    // On the transport's thread: what may touch a disk hops to a pool of its own, see
    // BlockingCalls.
    builder
        .directExecutor()
        .maxInboundMessageSize(limits.messageBytes())
        .maxInboundMetadataSize(limits.metadataBytes())
        .maxConcurrentCallsPerConnection(limits.streams())
        .permitKeepAliveTime(limits.keepAlivePermitted().toNanos(), TimeUnit.NANOSECONDS)
        .permitKeepAliveWithoutCalls(true)
        .keepAliveTime(limits.keepAlive().toNanos(), TimeUnit.NANOSECONDS)
        .keepAliveTimeout(limits.keepAliveAnswer().toNanos(), TimeUnit.NANOSECONDS);
    limits
        .connectionAge()
        .ifPresent(
            age ->
                builder
                    .maxConnectionAge(age.toNanos(), TimeUnit.NANOSECONDS)
                    .maxConnectionAgeGrace(AGE_GRACE.toNanos(), TimeUnit.NANOSECONDS));
    return builder;
  }

  private NettyServerBuilder unixBuilder(Unix unix, UnixPeers peers) throws DaemonStartException {
    if (!Epoll.isAvailable()) {
      throw new DaemonStartException(
          DaemonStartException.Kind.OPTIONS, unix + ": Unix sockets need Linux on x86-64 or ARM64");
    }
    SocketFile.of(unix.path()).removeStale();
    EventLoopGroup loops = socketLoops.get();
    return NettyServerBuilder.forAddress(
            new DomainSocketAddress(unix.path().toFile()), InsecureServerCredentials.create())
        .channelFactory(peers::listeningChannel)
        .bossEventLoopGroup(loops)
        .workerEventLoopGroup(loops);
  }

  private static Server start(ListenAddress address, Server server) throws DaemonStartException {
    try {
      return server.start();
    } catch (IOException e) {
      Throwable root = e.getCause() == null ? e : e.getCause();
      throw new DaemonStartException(
          DaemonStartException.Kind.ADDRESS,
          "cannot listen on %s: %s".formatted(address, root.getMessage()),
          e);
    }
  }
}
