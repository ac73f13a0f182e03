package io.datastored.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.datastored.client.fake.FakeDatastored;
import io.datastored.v1.ErrorReason;
import io.datastored.v1.MaintenanceMode;
import io.datastored.v1.WatchGenerationRequest;
import io.datastored.v1.WatchGenerationResponse;
import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.ServerTransportFilter;
import io.grpc.Status;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class ServerStreamsTest {

  private static final WatchGenerationRequest ALL =
      WatchGenerationRequest.newBuilder()
          .setBookmarkInterval(com.google.protobuf.Duration.newBuilder().setNanos(100_000_000))
          .build();

  private final AtomicInteger connections = new AtomicInteger();
  private final FakeDatastored server =
      FakeDatastored.on(
          Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
              .addTransportFilter(
                  new ServerTransportFilter() {
                    @Override
                    public Attributes transportReady(Attributes attributes) {
                      connections.incrementAndGet();
                      return attributes;
                    }
                  }));
  private final ManagedChannel channel =
      Grpc.newChannelBuilder(server.target(), InsecureChannelCredentials.create()).build();
  private final ServerStreams streams =
      ServerStreams.over(
          channel,
          server
              .options()
              .times(
                  times ->
                      times
                          .withMostBackoff(Duration.ofMillis(200))
                          .withCallDeadline(Duration.ofSeconds(2)))
              .build());
  private final List<WatchGenerationResponse> frames = new CopyOnWriteArrayList<>();
  private final List<DatastoredException> breaks = new CopyOnWriteArrayList<>();

  @AfterEach
  void stop() {
    channel.shutdownNow();
    server.close();
  }

  private FrameListener untilThereAre(int wanted) {
    return new FrameListener() {
      @Override
      public void onFrame(WatchGenerationResponse frame) {
        if (!frame.hasBookmark()) {
          frames.add(frame);
        }
      }

      @Override
      public void onBroken(DatastoredException why, Duration nextAttemptIn) {
        breaks.add(why);
      }

      @Override
      public boolean wantsMore() {
        return frames.size() < wanted;
      }
    };
  }

  private Thread watch(FrameListener listener) {
    var thread =
        new Thread(
            () -> {
              try {
                streams.watch(ALL, listener);
              } catch (InterruptedException e) {
                // Interrupted, to end it.
              }
            });
    thread.start();
    return thread;
  }

  @Test
  void watch_overABrokenStream_resumesAfterTheLastFrame_andEndsWhenNoMoreIsWanted()
      throws Exception {
    server.put("main");
    Thread watching = watch(untilThereAre(2));
    await().until(() -> frames.size() == 1);
    server.goDown();
    server.breakWatches();
    await().until(() -> breaks.size() >= 2);
    server.comeUp();
    server.setMode("main", MaintenanceMode.MAINTENANCE_MODE_OFFLINE, "disk swap");
    watching.join();
    assertThat(frames.get(1).getChange().getChangedList())
        .singleElement()
        .matches(main -> main.getMaintenance().getMessage().equals("disk swap"));
    assertThat(breaks).allMatch(UnavailableException.class::isInstance);
    assertThat(server.watchRequests()).allMatch(request -> request.getSessionId().isEmpty());
  }

  /** The connection of a host that is silent looks as good as any other. */
  @Test
  void watch_silent_isOpenedOnAnotherConnection() throws Exception {
    server.put("main");
    Thread watching = watch(untilThereAre(2));
    await().until(() -> frames.size() == 1);
    server.muteWatches();
    await().until(() -> connections.get() >= 2);
    server.unmuteWatches();
    server.setMode("main", MaintenanceMode.MAINTENANCE_MODE_OFFLINE, "disk swap");
    watching.join();
    assertThat(breaks).isNotEmpty();
  }

  @Test
  void watch_interrupted_ends() throws Exception {
    server.put("main");
    Thread watching = watch(untilThereAre(2));
    await().until(() -> frames.size() == 1);
    watching.interrupt();
    watching.join();
    await().until(() -> server.watches() == 0);
  }

  @Test
  void watch_refused_throwsWhy() {
    server.refuseNext(
        "WatchGeneration",
        ErrorReason.ERROR_REASON_INVALID_REQUEST,
        Status.Code.INVALID_ARGUMENT,
        Map.of());
    assertThatThrownBy(() -> streams.watch(ALL, untilThereAre(1)))
        .isInstanceOf(RefusedException.class);
  }

  @Test
  void watch_whereNobodyEverAnswered_throwsAtOnce() {
    server.close();
    assertThatThrownBy(() -> streams.watch(ALL, untilThereAre(1)))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("Connection refused");
    assertThat(breaks).isEmpty();
  }
}
