package io.datastored.transport;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.Streams;
import com.google.common.util.concurrent.ThreadFactoryBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Event loops are the transport's threads. Immutable. Unix sockets have their own loop, so that
 * commands on this host get through whatever comes over the network.
 *
 * @param accept accepts TCP connections
 * @param tcp serves TCP connections, twice as many as there are cores
 * @param local accepts and serves on Unix sockets
 */
public record EventLoops(EventLoopGroup accept, EventLoopGroup tcp, EventLoopGroup local)
    implements AutoCloseable {

  /** Why Unix sockets do not work, if they do not. */
  public static final String NO_UNIX_SOCKETS = "Unix sockets need Linux on x86-64 or ARM64";

  /**
   * Starts all threads now. If a loop started its thread with its first connection and no thread
   * were available then, that connection and every later one on the loop would fail.
   */
  public static EventLoops create() {
    var loops = new EventLoops(group(1, "accept"), group(0, "tcp"), group(1, "local"));
    List.of(loops.accept, loops.tcp, loops.local)
        .forEach(group -> group.forEach(loop -> loop.execute(() -> {})));
    return loops;
  }

  private static EventLoopGroup group(int threads, String name) {
    IoHandlerFactory io =
        Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    return new MultiThreadIoEventLoopGroup(
        threads,
        new ThreadFactoryBuilder()
            .setNameFormat("datastored-" + name + "-%d")
            .setDaemon(true)
            .build(),
        io);
  }

  /** Whether listening on Unix sockets is supported. */
  public static boolean unixSocketsWork() {
    return Epoll.isAvailable();
  }

  /** A channel that listens for TCP connections and admits them through the gate. */
  public static ServerChannel tcpListener(ConnectionGate gate) {
    return guarded(
        Epoll.isAvailable() ? new EpollServerSocketChannel() : new NioServerSocketChannel(), gate);
  }

  /** A channel that listens on a Unix socket and admits connections through the gate. */
  public static ServerChannel unixListener(ConnectionGate gate) {
    return guarded(new EpollServerDomainSocketChannel(), gate);
  }

  private static ServerChannel guarded(ServerChannel listener, ConnectionGate gate) {
    // First in the pipeline: the acceptor is added behind it.
    listener.pipeline().addLast(gate);
    return listener;
  }

  /** Each loop, for a task that shows whether it is alive. */
  public ImmutableList<Executor> all() {
    return Stream.of(accept, tcp, local)
        .flatMap(group -> Streams.stream(group.iterator()))
        .collect(ImmutableList.toImmutableList());
  }

  @Override
  public void close() {
    List.of(accept, tcp, local).forEach(group -> group.shutdownGracefully(0, 1, TimeUnit.SECONDS));
  }
}
