package io.datastored.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.common.hash.Hashing;
import io.datastored.promise.EarlierLeases;
import io.datastored.v1.DatastoreServiceGrpc;
import io.datastored.v1.StatusRequest;
import io.grpc.ChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A ruled server is a server with the datastores {@code main} and {@code hidden} on real sockets: a
 * TCP port, and the Unix socket {@code d.sock} in its directory. Confined to one test.
 */
final class RuledServer implements AutoCloseable {

  /** Which rules are in force. */
  enum InForce {
    BUILT_IN,
    /** Those that the test puts in force. */
    FILE
  }

  private final Path directory;
  private final Daemon daemon;
  private final EventLoopGroup loops = UserDoor.loops();
  private final ManagedChannel own;
  private final List<ManagedChannel> channels = new ArrayList<>();

  private RuledServer(Path directory, Daemon daemon) {
    this.directory = directory;
    this.daemon = daemon;
    this.own = UserDoor.channel(socket(), loops);
    channels.add(own);
  }

  static RuledServer start(Path directory, InForce rules, Optional<TlsFiles> tls) throws Exception {
    DaemonSite site =
        new DaemonSite(directory)
            .write(
                """
            datastore: main
            \tpath /srv/main

            datastore: hidden
            \tpath /srv/hidden
            """);
    DaemonOptions.Builder options = site.options();
    options.listen =
        List.of(
            ListenAddress.parse("127.0.0.1:0"),
            new ListenAddress.Unix(directory.resolve("d.sock")));
    options.leases.earlierLeases = EarlierLeases.NONE;
    options.tls = tls;
    if (rules == InForce.FILE) {
      Path file = Files.writeString(directory.resolve("rules"), "# nobody\n");
      options.access.rules = Optional.of(file);
      options.access.check = Duration.ofMillis(10);
    }
    return new RuledServer(directory, Daemon.start(options.build()));
  }

  Path socket() {
    return directory.resolve("d.sock");
  }

  /** Calls as the user that the server runs as. */
  ManagedChannel own() {
    return own;
  }

  /** Calls over TCP. */
  ManagedChannel tcp(ChannelCredentials credentials) {
    int port = DaemonSite.port(daemon);
    ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", port, credentials).build();
    channels.add(channel);
    return channel;
  }

  /** Puts rules in force. */
  void use(String rules) {
    try {
      Path next = directory.resolve("rules.next");
      Files.writeString(next, rules);
      Files.move(next, directory.resolve("rules"), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String digest = Hashing.sha256().hashString(rules, StandardCharsets.UTF_8).toString();
    await()
        .pollInterval(Duration.ofMillis(5))
        .untilAsserted(
            () ->
                assertThat(
                        DatastoreServiceGrpc.newBlockingStub(own)
                            .status(StatusRequest.getDefaultInstance())
                            .getServer()
                            .getAccessDigest())
                    .isEqualTo(digest));
  }

  @Override
  public void close() throws InterruptedException {
    for (ManagedChannel channel : channels) {
      assertThat(channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }
    daemon.close();
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }
}
