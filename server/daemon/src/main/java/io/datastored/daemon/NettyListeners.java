package io.datastored.daemon;

import com.google.common.base.Ticker;
import com.google.common.collect.ImmutableList;
import io.datastored.access.Access;
import io.datastored.daemon.ListenAddress.Tcp;
import io.datastored.daemon.ListenAddress.Unix;
import io.datastored.service.wire.Authentication;
import io.datastored.service.wire.Caller;
import io.datastored.service.wire.TrustDomains;
import io.datastored.transport.ConnectionGate;
import io.datastored.transport.Connections;
import io.datastored.transport.Descriptors;
import io.datastored.transport.EventLoops;
import io.datastored.transport.RefusalLog;
import io.datastored.transport.Wire;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;

/**
 * Netty listeners start one Netty server per listen address. Immutable. Without TLS, the start
 * fails on an address that other hosts can reach, unless that is explicitly allowed.
 */
final class NettyListeners implements ListenerFactory {
  /** A connection that is silent for this long is pinged. */
  private static final Duration SILENT = Duration.ofMinutes(1);

  /** The time in which the ping must be answered. */
  private static final Duration ANSWER = Duration.ofSeconds(20);

  /**
   * Longer than any call that ends by itself; a watch that is cut off resumes on another
   * connection.
   */
  private static final Duration AGE_GRACE = Duration.ofMinutes(1);

  /** Small, because a flood can be throttled only between two reads. */
  private static final int LARGEST_READ = 16 << 10;

  /** The receive buffer of a throttled connection; the system's default would be megabytes. */
  private static final int UNREAD_BYTES = 128 << 10;

  private final List<ListenAddress> addresses;
  private final SocketAccess socketAccess;
  private final Exposure exposure;
  private final Optional<TlsIdentity> tls;
  private final TransportLimits limits;
  private final EventLoops loops;
  private final Access access;
  private final Ticker ticker;
  private final InstantSource wallClock;
  private final RefusalLog refusals;
  private final Connections overTcp;
  private final Connections overUnix;

  NettyListeners(
      List<ListenAddress> addresses,
      SocketAccess socketAccess,
      Exposure exposure,
      Optional<TlsIdentity> tls,
      TransportLimits limits,
      EventLoops loops,
      Access access,
      Environment around) {
    this.addresses = List.copyOf(addresses);
    this.socketAccess = socketAccess;
    this.exposure = exposure;
    this.tls = tls;
    this.limits = limits;
    this.loops = loops;
    this.access = access;
    this.ticker = around.ticker();
    this.wallClock = around.wallClock();
    this.refusals = new RefusalLog(ticker);
    // Together below the limit of descriptors: files must be opened too, whatever clients do.
    long descriptors = Descriptors.most();
    this.overTcp = new Connections(limits.connections().within(descriptors / 8 * 5), ticker);
    this.overUnix = new Connections(limits.connections().within(descriptors / 8), ticker);
  }

  /**
   * The addresses of a server: those of its options, or else the default ones.
   *
   * @throws DaemonStartException if another process listens on one of the Unix sockets: the bind
   *     would find that out too, but possibly after it has failed for another address
   */
  static ImmutableList<ListenAddress> addresses(DaemonOptions options) throws DaemonStartException {
    ImmutableList<ListenAddress> addresses =
        options.listen().isEmpty() ? defaultAddresses() : options.listen();
    for (ListenAddress address : addresses) {
      if (address instanceof Unix unix) {
        SocketFile.of(unix.path()).requireFree();
      }
    }
    return addresses;
  }

  /**
   * TCP first: of two servers that start at the same time, only the one that has the port may
   * replace a stale socket.
   */
  private static ImmutableList<ListenAddress> defaultAddresses() throws DaemonStartException {
    ListenAddress tcp = ListenAddress.parse(DaemonOptions.DEFAULT_ADDRESS);
    if (!EventLoops.unixSocketsWork()) {
      return ImmutableList.of(tcp);
    }
    try {
      return ImmutableList.of(tcp, new Unix(SocketPlaces.ofSystem().choose().socket()));
    } catch (IOException e) {
      throw new DaemonStartException(
          DaemonStartException.Kind.ADDRESS,
          "no place can be chosen for the Unix socket of this server: " + SocketPlace.reason(e),
          e);
    }
  }

  @Override
  public Listeners start(
      List<ServerServiceDefinition> everywhere, List<ServerServiceDefinition> localOnly)
      throws DaemonStartException {
    for (ListenAddress address : addresses) {
      refuseExposed(address);
    }
    List<Listener> started = new ArrayList<>();
    boolean complete = false;
    try {
      for (ListenAddress address : addresses) {
        List<ServerServiceDefinition> services = new ArrayList<>(everywhere);
        if (address.local()) {
          services.addAll(localOnly);
        }
        started.add(start(address, services));
      }
      complete = true;
    } finally {
      if (!complete) {
        started.forEach(Listener::shutdownNow);
      }
    }
    return new Listeners(started);
  }

  @Override
  public ImmutableList<Executor> loops() {
    return loops.all();
  }

  @Override
  public Optional<SSLContext> tls() {
    return tls.map(TlsIdentity::forAdmin);
  }

  @Override
  public Optional<Instant> certificateExpires() {
    return tls.map(TlsIdentity::expires);
  }

  private Listener start(ListenAddress address, List<ServerServiceDefinition> services)
      throws DaemonStartException {
    if (!(address instanceof Unix unix)) {
      return Listener.of(start(address, builder(tcpBuilder((Tcp) address), services).build()));
    }
    SocketFile.of(unix.path()).removeStale();
    NewSocket socket = NewSocket.at(unix, socketAccess);
    Optional<Server> started = Optional.empty();
    boolean published = false;
    try {
      started =
          Optional.of(start(address, builder(unixBuilder(unix, socket.path()), services).build()));
      socket.publish();
      published = true;
      return Listener.of(started.get(), unix.path());
    } finally {
      if (!published) {
        started.ifPresent(Server::shutdownNow);
        socket.discard();
      }
    }
  }

  private void refuseExposed(ListenAddress address) throws DaemonStartException {
    if (!address.local() && tls.isEmpty() && exposure == Exposure.GUARDED) {
      throw new DaemonStartException(
          DaemonStartException.Kind.OPTIONS,
          address
              + " can be reached from other hosts: give --tls-cert and --tls-key, or --insecure");
    }
  }

  private NettyServerBuilder builder(
      NettyServerBuilder builder, List<ServerServiceDefinition> services) {
    services.forEach(builder::addService);
    // On the transport's thread: calls that may touch a disk move to their own pool, see
    // BlockingCalls.
    builder
        .directExecutor()
        .maxInboundMessageSize(limits.messageBytes())
        .maxInboundMetadataSize(limits.metadataBytes())
        .maxConcurrentCallsPerConnection(limits.streams())
        .permitKeepAliveTime(limits.keepAlivePermitted().toNanos(), TimeUnit.NANOSECONDS)
        .permitKeepAliveWithoutCalls(true)
        .keepAliveTime(SILENT.toNanos(), TimeUnit.NANOSECONDS)
        .keepAliveTimeout(ANSWER.toNanos(), TimeUnit.NANOSECONDS)
        .withOption(ChannelOption.SO_RCVBUF, UNREAD_BYTES)
        .withChildOption(
            ChannelOption.RECVBUF_ALLOCATOR,
            new AdaptiveRecvByteBufAllocator(64, 2048, LARGEST_READ));
    limits
        .idle()
        .ifPresent(idle -> builder.maxConnectionIdle(idle.toNanos(), TimeUnit.NANOSECONDS));
    limits
        .age()
        .ifPresent(
            age ->
                builder
                    .maxConnectionAge(age.toNanos(), TimeUnit.NANOSECONDS)
                    .maxConnectionAgeGrace(AGE_GRACE.toNanos(), TimeUnit.NANOSECONDS));
    return builder;
  }

  private NettyServerBuilder tcpBuilder(Tcp tcp) {
    ServerCredentials credentials =
        tls.map(TlsIdentity::credentials).orElseGet(InsecureServerCredentials::create);
    Wire wire = tls.isPresent() ? Wire.ENCRYPTED : Wire.CLEAR;
    var gate = new ConnectionGate(overTcp, wire, ticker, wallClock, refusals);
    return NettyServerBuilder.forAddress(tcp.address(), credentials)
        .addTransportFilter(
            Authentication.onConnections(tls.map(TlsIdentity::domains).orElse(TrustDomains.ANY)))
        .addTransportFilter(Caller.onConnections(access, peer -> Optional.empty()))
        .channelFactory(() -> EventLoops.tcpListener(gate))
        .bossEventLoopGroup(loops.accept())
        .workerEventLoopGroup(loops.tcp());
  }

  private NettyServerBuilder unixBuilder(Unix unix, Path path) throws DaemonStartException {
    if (!EventLoops.unixSocketsWork()) {
      throw new DaemonStartException(
          DaemonStartException.Kind.OPTIONS, unix + ": " + EventLoops.NO_UNIX_SOCKETS);
    }
    var gate = new ConnectionGate(overUnix, Wire.CLEAR, ticker, wallClock, refusals);
    var peers = new UnixPeers();
    return NettyServerBuilder.forAddress(
            new DomainSocketAddress(path.toFile()), InsecureServerCredentials.create())
        .addTransportFilter(Caller.onConnections(access, peers::at))
        .channelFactory(() -> peers.askOn(EventLoops.unixListener(gate)))
        .bossEventLoopGroup(loops.local())
        .workerEventLoopGroup(loops.local());
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
