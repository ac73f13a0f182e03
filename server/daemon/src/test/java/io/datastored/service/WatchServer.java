package io.datastored.service;

import io.datastored.v1.DatastoreServiceGrpc;
import io.datastored.watch.WatchFeed;
import io.datastored.watch.WatchLimits;
import io.datastored.watch.World;
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
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/** A watch server serves a world's watches over gRPC. Thread-safe but for its world. */
final class WatchServer implements AutoCloseable {
  final World world;
  final WatchFeed feed;
  final OpenWatches watches;
  final ManualTimer timer = new ManualTimer();

  /** Messages that were handed to a transport which had no room. */
  final AtomicLong overrun = new AtomicLong();

  private final ExecutorService executor = Executors.newFixedThreadPool(2);
  private final Server server;
  private final ManagedChannel channel;

  private WatchServer(
      World world,
      WatchLimits limits,
      int partRoom,
      ServerBuilder<?> builder,
      Function<Server, ManagedChannel> connect)
      throws IOException {
    this.world = world;
    this.feed = new WatchFeed(world::snapshot, new ProtoFrames(partRoom), executor, limits);
    world.addListener(feed);
    this.watches =
        new OpenWatches(
            feed,
            executor,
            session -> session.equals("open"),
            new WatchDrive(executor, timer, timer, new WatchPacing(new Random(1))),
            new Refusals(world::revision, InstantSource.system(), new Random(1)),
            new UncaughtExceptions(() -> 1));
    ServerServiceDefinition service =
        watches.serveIn(new DatastoreServiceGrpc.DatastoreServiceImplBase() {}.bindService());
    this.server =
        builder
            .addService(
                ServerInterceptors.intercept(
                    service, new Overruns(), new UncaughtExceptions(() -> 1)))
            .build()
            .start();
    this.channel = connect.apply(server);
  }

  static WatchServer inProcess(World world, WatchLimits limits, int partRoom) throws IOException {
    String name = InProcessServerBuilder.generateName();
    return new WatchServer(
        world,
        limits,
        partRoom,
        InProcessServerBuilder.forName(name),
        server -> InProcessChannelBuilder.forName(name).build());
  }

  static WatchServer overTcp(World world, WatchLimits limits, int partRoom) throws IOException {
    return new WatchServer(
        world,
        limits,
        partRoom,
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
        server ->
            NettyChannelBuilder.forAddress("127.0.0.1", server.getPort()).usePlaintext().build());
  }

  DatastoreServiceGrpc.DatastoreServiceStub stub() {
    return DatastoreServiceGrpc.newStub(channel);
  }

  @Override
  public void close() {
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
