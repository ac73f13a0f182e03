package io.datastored.daemon;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.testkit.JavaCommand;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A user door is how a test connects to a Unix socket as another user: a process of that user makes
 * the connection, and passes on what the test says. What the kernel reports of it is true. Confined
 * to one test, which must run as root.
 */
final class UserDoor implements AutoCloseable {
  private final Process process;
  private final EventLoopGroup loops = loops();
  private final ManagedChannel channel;

  private UserDoor(Process process, Path socket) {
    this.process = process;
    this.channel = channel(socket, loops);
  }

  /**
   * Opens one.
   *
   * @param server the socket of the server, which that user can reach
   * @param directory for a socket of that user
   */
  static UserDoor open(int uid, Path server, Path directory) throws Exception {
    Path home = Files.createDirectory(directory.resolve("user-" + uid));
    Files.setAttribute(home, "unix:uid", uid);
    Path socket = home.resolve("door");
    List<String> command =
        new ArrayList<>(
            List.of(
                "setpriv",
                "--reuid=" + uid,
                "--regid=" + uid,
                "--clear-groups",
                // What is on the class path may be readable for root only.
                "--inh-caps=+dac_read_search",
                "--ambient-caps=+dac_read_search"));
    command.addAll(JavaCommand.of(PassingOn.class, socket, server));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    var out = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
    assertThat(out.readLine()).isEqualTo("open");
    return new UserDoor(process, socket);
  }

  /** Calls as that user. */
  ManagedChannel channel() {
    return channel;
  }

  static EventLoopGroup loops() {
    return new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
  }

  /** Calls through a Unix socket, as the user of this process. */
  static ManagedChannel channel(Path socket, EventLoopGroup loops) {
    return NettyChannelBuilder.forAddress(new DomainSocketAddress(socket.toFile()))
        .channelType(EpollDomainSocketChannel.class)
        .eventLoopGroup(loops)
        .usePlaintext()
        .build();
  }

  @Override
  public void close() throws InterruptedException {
    channel.shutdownNow();
    assertThat(channel.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    process.destroyForcibly().waitFor();
  }
}
