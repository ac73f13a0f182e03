package io.datastored.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.datastored.service.wire.CaughtRefusal;
import io.datastored.service.wire.ProtoFrames;
import io.datastored.transport.Http2Bytes;
import io.datastored.transport.RawConnection;
import io.datastored.v1.DatastoreConfigServiceGrpc;
import io.datastored.v1.DatastoreServiceGrpc;
import io.datastored.v1.LimitStatus;
import io.datastored.v1.ListDatastoresRequest;
import io.datastored.v1.StatusRequest;
import io.datastored.v1.WatchGenerationRequest;
import io.datastored.v1.WatchGenerationResponse;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Clients over TCP that ask for everything, again and again, and read nothing. */
final class UnreadBytesIT {
  private static final int DATASTORES = 5_000;
  private static final int CALLS = 100;
  private static final int CONNECTIONS = 20;
  private static final int WATCHES = 10;

  @RegisterExtension final GrpcCleanup cleanup = new GrpcCleanup();
  @TempDir Path directory;

  private final EpollEventLoopGroup group = new EpollEventLoopGroup(1);
  private Daemon daemon;
  private int port;
  private ManagedChannel operator;

  @BeforeEach
  void start() throws Exception {
    Files.writeString(
        directory.resolve("datastore.cfg"),
        IntStream.range(0, DATASTORES)
            .mapToObj("datastore: store%1$05d\n\tpath /srv/store%1$05d\n"::formatted)
            .collect(Collectors.joining("\n")));
    daemon = Daemon.start(options());
    port = DaemonSite.port(daemon);
    // The user of the server, who is an admin.
    operator =
        NettyChannelBuilder.forAddress(
                new DomainSocketAddress(directory.resolve("socket").toFile()))
            .channelType(EpollDomainSocketChannel.class, DomainSocketAddress.class)
            .eventLoopGroup(group)
            .usePlaintext()
            .build();
  }

  @AfterEach
  void stop() {
    operator.shutdownNow();
    daemon.close();
    group.shutdownGracefully(0, 0, TimeUnit.SECONDS);
  }

  @Test
  void unreadAnswers_haveAShare_andAnOperatorIsServed() throws Exception {
    ManagedChannel other =
        cleanup.register(NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build());
    try (var connection = new RawConnection(port)) {
      connection.write(Http2Bytes.opening());
      for (int call = 0; call < CALLS; call++) {
        write(connection, call, "DatastoreConfigService/ListDatastores");
      }

      // Of the same principal: all clients over TCP are anonymous here.
      await()
          .untilAsserted(
              () -> {
                CaughtRefusal refusal = CaughtRefusal.of(() -> list(other));
                assertThat(refusal.reason()).isEqualTo("QUOTA_EXCEEDED");
                assertThat(refusal.info().getMetadataMap())
                    .containsEntry("limit", "max-answer-buffer")
                    .containsEntry("principal", "anonymous");
              });
      LimitStatus unread = limit("max-answer-buffer");
      assertThat(unread.getTaken()).isBetween(unread.getShare() / 2, unread.getShare());
      list(operator);
    }

    awaitNothingTaken("max-answer-buffer");
    list(other);
  }

  @Test
  void unreadWatches_haveAShare_andAnOperatorIsServed() throws Exception {
    List<RawConnection> connections = new ArrayList<>();
    try {
      for (int each = 0; each < CONNECTIONS; each++) {
        var connection = new RawConnection(port);
        connections.add(connection);
        connection.write(Http2Bytes.opening());
        for (int call = 0; call < WATCHES; call++) {
          write(connection, call, "DatastoreService/WatchGeneration");
        }
      }

      await()
          .untilAsserted(
              () -> {
                LimitStatus unread = limit("max-watch-buffer");
                assertThat(unread.getTaken())
                    .isBetween(unread.getShare() - ProtoFrames.ROOM, unread.getShare());
                assertThat(limit("max-watchers").getTaken()).isEqualTo(CONNECTIONS * WATCHES);
              });
      int seen = 0;
      Iterator<WatchGenerationResponse> frames =
          DatastoreServiceGrpc.newBlockingStub(operator)
              // Before the server finds out that the others do not answer its pings.
              .withDeadlineAfter(30, TimeUnit.SECONDS)
              .watchGeneration(WatchGenerationRequest.getDefaultInstance());
      while (seen < DATASTORES) {
        seen += frames.next().getSnapshot().getDatastoresCount();
      }
      LimitStatus unread = limit("max-watch-buffer");
      assertThat(unread.getGreatest(0).getTaken()).isLessThanOrEqualTo(unread.getShare());
    } finally {
      for (RawConnection connection : connections) {
        connection.close();
      }
      operator.shutdownNow();
    }
  }

  private static void write(RawConnection connection, int call, String method) throws IOException {
    connection.write(Http2Bytes.call(2 * call + 1, "/datastored.v1." + method));
    connection.write(Http2Bytes.message(2 * call + 1, new byte[0]));
  }

  private void awaitNothingTaken(String limit) {
    await().untilAsserted(() -> assertThat(limit(limit).getTaken()).isZero());
  }

  private LimitStatus limit(String name) {
    return DatastoreServiceGrpc.newBlockingStub(operator)
        .status(StatusRequest.newBuilder().setDatastore("store00001").build())
        .getServer()
        .getLimitsList()
        .stream()
        .filter(limit -> limit.getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static void list(ManagedChannel channel) {
    var unused =
        DatastoreConfigServiceGrpc.newBlockingStub(channel)
            .listDatastores(ListDatastoresRequest.getDefaultInstance());
  }

  private DaemonOptions options() {
    DaemonOptions.Builder options = new DaemonSite(directory).options();
    options.listen =
        List.of(
            ListenAddress.parse("127.0.0.1:0"),
            ListenAddress.parse("unix:" + directory.resolve("socket")));
    options.calls.unread = 2 << 20;
    options.calls.share = 25;
    options.watches.bytes = 32 * ProtoFrames.ROOM;
    options.watches.share = 25;
    return options.build();
  }
}
