package io.datastored.service.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.datastored.config.DatastoreName;
import io.datastored.history.Generation;
import io.datastored.service.stream.WatchClient.Reading;
import io.datastored.v1.SnapshotReason;
import io.datastored.v1.WatchGenerationRequest;
import io.datastored.v1.WatchGenerationResponse;
import io.datastored.watch.Selection;
import io.datastored.watch.WatchLimits;
import io.datastored.watch.World;
import io.grpc.Status;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The guarantees of a watch that docs/guarantees.md promises, by name, over real gRPC. */
final class WatchGuaranteesTest {
  private static final int PART_ROOM = 30;
  private static final int CHANGES = 300;

  private final World world = World.of("alpha", "beta", "gamma");
  @AutoClose private WatchServer server;

  @BeforeEach
  void serve() throws IOException {
    server = WatchServer.inProcess(world, new WatchLimits(20, 1000), PART_ROOM);
  }

  /** The applied generation never goes back, over broken streams too. */
  @Test
  void monotonic() {
    WatchClient client = new WatchClient(Reading.AT_ONCE).open(server);
    for (int i = 0; i < CHANGES; i++) {
      world.touch(i % 3 == 0 ? "alpha" : "beta");
      if (i % 50 == 49) {
        client.breakOff();
        await().until(() -> client.ended().isPresent());
        client.open(server);
      }
      if (i % 20 == 0) {
        server.timer.pass(Duration.ofSeconds(10));
      }
    }
    awaitHead(client);
    assertThat(client.applied()).isSorted();
    assertThat(client.messages()).isNotEmpty();
  }

  /** When changes stop, every watcher soon holds the last of them. */
  @Test
  void convergent() {
    List<WatchClient> clients =
        List.of(
            new WatchClient(Reading.AT_ONCE).open(server),
            new WatchClient(Reading.AT_ONCE).open(server, "alpha", "g*"),
            new WatchClient(Reading.AT_ONCE).open(server, "alpha", "g*"),
            new WatchClient(Reading.AT_ONCE).open(server, "beta"));
    for (int i = 0; i < CHANGES; i++) {
      world.touch("alpha", "gamma-" + i % 10);
      world.remove("gamma-" + i % 7);
    }
    world.touch("alpha", "beta");
    clients.forEach(this::awaitHead);
    assertThat(clients.get(0).held()).isEqualTo(truth(Selection.everything()));
    assertThat(clients.get(1).held()).isEqualTo(truth(Selection.of(List.of("alpha", "g*"))));
    assertThat(clients.get(2).held()).isEqualTo(clients.get(1).held());
    assertThat(clients.get(3).held()).isEqualTo(truth(Selection.of(List.of("beta"))));
  }

  /** What one generation changed arrives in one frame: nobody sees half of it. */
  @Test
  void atomic() {
    WatchClient client = new WatchClient(Reading.WHEN_ASKED).open(server);
    for (int i = 0; i < CHANGES; i++) {
      world.touch("alpha", "beta", "gamma");
      client.ask(1);
      Map<String, Long> held = client.held();
      assertThat(held.values().stream().distinct().count()).isLessThanOrEqualTo(1);
    }
    client.ask(1000);
    awaitHead(client);
    assertThat(client.messages()).anyMatch(message -> !message.hasRevision());
    assertThat(client.held()).isEqualTo(truth(Selection.everything()));
  }

  /**
   * A revision of the same history costs no snapshot; the present one is answered by a bookmark.
   */
  @Test
  void resumable() {
    WatchClient client = new WatchClient(Reading.AT_ONCE).open(server, "alpha", "beta");
    awaitHead(client);
    client.breakOff();
    await().until(() -> client.ended().isPresent());
    client.open(server, "alpha", "beta");
    await().until(() -> !client.messages().isEmpty());
    assertThat(client.messages()).hasSize(1);
    assertThat(client.messages().get(0).hasBookmark()).isTrue();

    client.breakOff();
    await().until(() -> client.ended().isPresent());
    world.remove("beta");
    world.touch("alpha");
    world.touch("gamma");
    client.open(server, "alpha", "beta");
    awaitHead(client);
    assertThat(client.messages()).noneMatch(WatchGenerationResponse::hasSnapshot);
    assertThat(client.held()).isEqualTo(truth(Selection.of(List.of("alpha", "beta"))));
    assertThat(client.generations()).isEqualTo(2);
  }

  /** A bookmark at a revision means that everything selected up to it was sent. */
  @Test
  void bookmarkable() {
    WatchClient client = new WatchClient(Reading.WHEN_ASKED).open(server, "alpha");
    client.ask(1);
    await().until(() -> client.generation() > 0);
    world.touch("beta"); // not selected: a bookmark may speak of it
    server.timer.pass(Duration.ofSeconds(10));
    client.ask(1);
    awaitHead(client);
    assertThat(last(client).hasBookmark()).isTrue();

    world.touch("alpha"); // selected, and the client does not read
    server.timer.pass(Duration.ofSeconds(60));
    client.ask(1);
    await().until(() -> client.messages().size() == 3);
    assertThat(last(client).hasChange()).isTrue();
    assertThat(client.held()).isEqualTo(truth(Selection.of(List.of("alpha"))));
  }

  /** When a promise cannot be kept the stream says so, and why; it is never just silent. */
  @Test
  void honest() {
    world.commitRemove("gamma");
    world.forgetRemovals(0);
    long floor = world.publish().generation().value();
    assertSnapshot(
        WatchClient.knowing(World.INCARNATION.value(), floor - 1),
        SnapshotReason.SNAPSHOT_REASON_TOO_OLD);
    assertSnapshot(
        WatchClient.knowing("00000000000000b2", floor),
        SnapshotReason.SNAPSHOT_REASON_WRONG_INCARNATION);
    assertSnapshot(
        WatchClient.knowing(World.INCARNATION.value(), floor + 1000),
        SnapshotReason.SNAPSHOT_REASON_AHEAD);

    WatchClient client = new WatchClient(Reading.AT_ONCE).open(server);
    awaitHead(client);
    server.watches.stop();
    await().until(() -> client.ended().isPresent());
    assertThat(client.ended().orElseThrow().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(last(client).hasBookmark()).isTrue();
    assertThat(server.feed.watchers()).isZero();
  }

  @Test
  void watch_invalidRequest_namesEveryFault() {
    WatchClient client =
        new WatchClient(Reading.AT_ONCE)
            .open(
                server,
                WatchGenerationRequest.newBuilder()
                    .addDatastores("x")
                    .addDatastores("a*b*")
                    .setSessionId("no id at all")
                    .setKnown(io.datastored.v1.Revision.newBuilder().setIncarnation("zz"))
                    .build());
    await().until(() -> client.ended().isPresent());
    Status status = client.ended().orElseThrow();
    assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(status.getDescription()).contains("datastores[0]").contains("4 more");
  }

  @Test
  void watch_unknownSession_isNotFound() {
    WatchClient client =
        new WatchClient(Reading.AT_ONCE)
            .open(server, WatchGenerationRequest.newBuilder().setSessionId("gone").build());
    await().until(() -> client.ended().isPresent());
    assertThat(client.ended().orElseThrow().getCode()).isEqualTo(Status.Code.NOT_FOUND);
  }

  @Test
  void watch_overTheLimit_isExhausted() {
    for (int i = 0; i < 20; i++) {
      awaitHead(new WatchClient(Reading.AT_ONCE).open(server));
    }
    WatchClient client = new WatchClient(Reading.AT_ONCE).open(server);
    await().until(() -> client.ended().isPresent());
    assertThat(client.ended().orElseThrow().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(client.ended().orElseThrow().getDescription()).contains("max-watchers");
  }

  private void assertSnapshot(WatchClient client, SnapshotReason reason) {
    client.open(server);
    await().until(() -> !client.messages().isEmpty());
    await().until(() -> client.messages().stream().anyMatch(WatchGenerationResponse::hasRevision));
    assertThat(client.messages().get(0).getSnapshot().getReason()).isEqualTo(reason);
    assertThat(client.held()).isEqualTo(truth(Selection.everything()));
    assertThat(client.generation()).isEqualTo(world.revision().generation().value());
  }

  private void awaitHead(WatchClient client) {
    await()
        .untilAsserted(
            () -> assertThat(client.generation()).isEqualTo(world.revision().generation().value()));
  }

  private static WatchGenerationResponse last(WatchClient client) {
    return client.messages().get(client.messages().size() - 1);
  }

  private Map<String, Long> truth(Selection selection) {
    Map<String, Long> truth = new TreeMap<>();
    Map<DatastoreName, Generation> content =
        world.contentAt(world.revision().generation(), selection);
    content.forEach((name, generation) -> truth.put(name.value(), generation.value()));
    return truth;
  }
}
