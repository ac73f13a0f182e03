package io.datastored.service.stream;

import io.datastored.access.AuditTrail;
import io.datastored.access.Identity;
import io.datastored.access.Rights;
import io.datastored.engine.ChangeListener;
import io.datastored.engine.Engine;
import io.datastored.engine.snapshot.Snapshot;
import io.datastored.lease.SessionId;
import io.datastored.promise.Confirmation;
import io.datastored.service.call.AuditLog;
import io.datastored.service.wire.Caller;
import io.datastored.service.wire.EncodedMethods;
import io.datastored.service.wire.ProtoFrames;
import io.datastored.service.wire.Refusals;
import io.datastored.service.wire.UncaughtExceptions;
import io.datastored.service.wire.UnixPeer;
import io.datastored.v1.DatastoreServiceGrpc;
import io.datastored.watch.TestRules;
import io.datastored.watch.WatchFeed;
import io.datastored.watch.WatchLimits;
import io.datastored.watch.World;
import io.grpc.ConnectivityState;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.awaitility.Awaitility;

/** A watch server serves watches over gRPC. Thread-safe. */
public final class WatchServer implements AutoCloseable {

  /** What is watched: an engine, or a world that stands in for one. */
  private record Watched(Supplier<Snapshot> newest, Consumer<ChangeListener> listen) {

    static Watched of(World world) {
      return new Watched(world::snapshot, world::addListener);
    }

    static Watched of(Engine engine) {
      return new Watched(engine::snapshot, engine::addListener);
    }
  }

  final WatchFeed feed;
  final OpenWatches watches;
  final TestRules rules = TestRules.open();
  final ManualTimer timer = new ManualTimer();

  /** Messages that were handed to a transport which had no room. */
  public final AtomicLong overrun = new AtomicLong();

  private final ExecutorService executor = Executors.newFixedThreadPool(2);
  private final Server server;
  private final ManagedChannel channel;
  private final Function<Server, ManagedChannel> connect;
  private final Map<Integer, ManagedChannel> channels = new HashMap<>();
  private volatile Optional<UnixPeer> connecting = Optional.empty();

  private WatchServer(
      Watched watched,
      WatchLimits limits,
      int partRoom,
      ServerBuilder<?> builder,
      Function<Server, ManagedChannel> connect)
      throws IOException {
    this.feed =
        new WatchFeed(watched.newest(), new ProtoFrames(partRoom), executor, limits, rules.access);
    watched.listen().accept(feed);
    rules.access.addListener(feed::onRulesChanged);
    this.watches =
        new OpenWatches(
            feed,
            Confirmation.LONE,
            caller -> executor,
            new FakeSessions(new SessionId("open")),
            new WatchRuntime(executor, timer, timer, new WatchPacing(new Random(1))),
            new Refusals(
                () -> watched.newest().get().revision(),
                InstantSource.system(),
                new Random(1),
                new AuditLog(AuditTrail.NONE)),
            new UncaughtExceptions(() -> 1));
    ServerServiceDefinition service =
        EncodedMethods.replaceIn(
            new DatastoreServiceGrpc.DatastoreServiceImplBase() {}.bindService(),
            (request, observer) ->
                ServerCalls.asyncUnimplementedUnaryCall(
                    DatastoreServiceGrpc.getLookupMethod(), observer),
            watches::watch);
    this.connect = connect;
    this.server =
        builder
            .addTransportFilter(Caller.onConnections(rules.access, address -> connecting))
            .addService(
                ServerInterceptors.intercept(
                    service,
                    new Overruns(),
                    new UncaughtExceptions(() -> 1),
                    Caller.interceptor(rules.access)))
            .build()
            .start();
    this.channel = connect.apply(server);
  }

  static WatchServer inProcess(World world, WatchLimits limits, int partRoom) throws IOException {
    return inProcess(Watched.of(world), limits, partRoom);
  }

  static WatchServer inProcess(Engine engine) throws IOException {
    return inProcess(Watched.of(engine), new WatchLimits.Builder().build(), ProtoFrames.ROOM);
  }

  private static WatchServer inProcess(Watched watched, WatchLimits limits, int partRoom)
      throws IOException {
    String name = InProcessServerBuilder.generateName();
    return new WatchServer(
        watched,
        limits,
        partRoom,
        InProcessServerBuilder.forName(name),
        server -> InProcessChannelBuilder.forName(name).build());
  }

  public static WatchServer overTcp(World world, WatchLimits limits, int partRoom)
      throws IOException {
    return new WatchServer(
        Watched.of(world),
        limits,
        partRoom,
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
        server ->
            NettyChannelBuilder.forAddress("127.0.0.1", server.getPort()).usePlaintext().build());
  }

  DatastoreServiceGrpc.DatastoreServiceStub stub() {
    return DatastoreServiceGrpc.newStub(channel);
  }

  /** A connection of a user of this host, as if it came over a Unix socket. */
  synchronized DatastoreServiceGrpc.DatastoreServiceStub stubOf(int user) {
    return DatastoreServiceGrpc.newStub(channels.computeIfAbsent(user, this::connected));
  }

  /** What the rules grant a user of this host. */
  Rights rightsOf(int user) {
    return rules.access.subject(Identity.local(user, user)).rights();
  }

  private ManagedChannel connected(int user) {
    connecting = Optional.of(new UnixPeer(user, user, 0));
    ManagedChannel made = connect.apply(server);
    Awaitility.await().until(() -> made.getState(true) == ConnectivityState.READY);
    connecting = Optional.empty();
    return made;
  }

  @Override
  public void close() {
    channels.values().forEach(ManagedChannel::shutdownNow);
    channel.shutdownNow();
    server.shutdownNow();
    executor.shutdownNow();
  }

  /** Counts what is sent against the transport's word. Thread-safe. */
  private final class Overruns implements ServerInterceptor {
    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
      return next.startCall(
          new SimpleForwardingServerCall<>(call) {
            @Override
            public void sendMessage(A message) {
              if (!isReady()) {
                overrun.incrementAndGet();
              }
              super.sendMessage(message);
            }
          },
          headers);
    }
  }
}
