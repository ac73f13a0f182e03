package io.datastored.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.datastored.transport.Http2Bytes;
import io.datastored.transport.RawConnection;
import io.datastored.v1.DatastoreServiceGrpc;
import io.datastored.v1.DatastoreView;
import io.datastored.v1.MaintenanceMode;
import io.datastored.v1.MaintenanceServiceGrpc;
import io.datastored.v1.SetMaintenanceModeRequest;
import io.datastored.v1.StatusRequest;
import io.datastored.v1.WatchGenerationRequest;
import io.datastored.v1.WatchGenerationResponse;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.util.internal.PlatformDependent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Clients that open watches of everything and read nothing. */
final class SlowReadersIT {
  private static final int DATASTORES = 10_000;
  private static final int WATCHES = 300;

  /** A sixteenth of the default, and what an allocator of large pieces adds to it. */
  private static final long MOST_BYTES = 16L << 20;

  private static final byte[] WATCH =
      WatchGenerationRequest.newBuilder()
          .setView(DatastoreView.DATASTORE_VIEW_FULL)
          .build()
          .toByteArray();

  @RegisterExtension final GrpcCleanup cleanup = new GrpcCleanup();
  @TempDir Path directory;

  @Test
  void watchesOfEverythingThatAreNotRead_costLittle_andOthersAreServed() throws Exception {
    Files.writeString(
        directory.resolve("datastore.cfg"),
        IntStream.range(0, DATASTORES)
            .mapToObj(
                "datastore: store%1$05d\n\tpath /srv/store%1$05d\n\tcomment some words\n"
                    ::formatted)
            .collect(Collectors.joining("\n")));
    try (Daemon daemon = Daemon.start(new DaemonSite(directory).openOptions().build())) {
      int port = DaemonSite.port(daemon);
      long before = PlatformDependent.usedDirectMemory();
      try (var connection = new RawConnection(port)) {
        connection.write(Http2Bytes.opening());
        for (int watch = 0; watch < WATCHES; watch++) {
          connection.write(
              Http2Bytes.call(2 * watch + 1, "/datastored.v1.DatastoreService/WatchGeneration"));
          connection.write(Http2Bytes.message(2 * watch + 1, WATCH));
        }
        ManagedChannel channel =
            cleanup.register(
                NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build());

        MaintenanceServiceGrpc.newBlockingStub(channel)
            .setMaintenanceMode(
                SetMaintenanceModeRequest.newBuilder()
                    .setDatastore("store00007")
                    .setMode(MaintenanceMode.MAINTENANCE_MODE_READ_ONLY)
                    .build());
        var told = new AtomicInteger();
        DatastoreServiceGrpc.newStub(channel)
            .watchGeneration(WatchGenerationRequest.parseFrom(WATCH), counting(told));
        await().untilAsserted(() -> assertThat(told).hasValueGreaterThanOrEqualTo(DATASTORES));
        // The watches are open by now: the calls of a server are begun in the order of their bytes,
        // and each of these has a part of a megabyte that it would hold.
        await()
            .untilAsserted(
                () ->
                    assertThat(
                            DatastoreServiceGrpc.newBlockingStub(channel)
                                .status(StatusRequest.getDefaultInstance())
                                .getServer()
                                .getWatchers())
                        .isGreaterThanOrEqualTo(WATCHES));
        assertThat(PlatformDependent.usedDirectMemory() - before).isLessThan(MOST_BYTES);
      }
    }
  }

  private static StreamObserver<WatchGenerationResponse> counting(AtomicInteger told) {
    return new StreamObserver<>() {
      @Override
      public void onNext(WatchGenerationResponse message) {
        told.addAndGet(message.getSnapshot().getDatastoresCount());
      }

      @Override
      public void onError(Throwable thrown) {}

      @Override
      public void onCompleted() {}
    };
  }
}
