package io.datastored.service.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.rpc.ErrorInfo;
import io.datastored.access.Rights;
import io.datastored.access.Verb;
import io.datastored.config.DatastoreName;
import io.datastored.service.stream.WatchClient.Reading;
import io.datastored.service.wire.ProtoFrames;
import io.datastored.soak.Soak;
import io.datastored.v1.DatastoreView;
import io.datastored.v1.WatchGenerationRequest;
import io.datastored.v1.WatchGenerationResponse;
import io.datastored.watch.WatchLimits;
import io.datastored.watch.World;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Rights follow open streams, over real gRPC. */
final class OpenWatchRightsTest {
  /** In the long run; a tenth of it in the short one. */
  private static final int WATCHES = 1000;

  private static final int FEWEST_WATCHES = 100;
  private static final int WHOLE = 100;

  /** In every run. */
  private static final int FEWEST = 5;

  private static final int USERS = 4;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final World world = World.of("open-a", "open-b", "secret-a", "secret-b");
  @AutoClose private WatchServer server;

  @BeforeEach
  void serve() throws IOException {
    server = WatchServer.overTcp(world, new WatchLimits(WATCHES, 1000), ProtoFrames.ROOM);
  }

  private WatchClient watch(int user, DatastoreView view, Reading reading) {
    return new WatchClient(reading)
        .open(server.stubOf(user), WatchGenerationRequest.newBuilder().setView(view).build());
  }

  private WatchClient watch(int user) {
    return watch(user, DatastoreView.DATASTORE_VIEW_BASIC, Reading.AT_ONCE);
  }

  private void use(String... lines) {
    server.rules.use(world.revision(), lines);
  }

  private static ErrorInfo denial(WatchClient client) throws IOException {
    await().atMost(PATIENCE).until(() -> client.ended().isPresent());
    assertThat(client.ended().orElseThrow().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    return StatusProto.fromThrowable(client.error().orElseThrow())
        .getDetails(0)
        .unpack(ErrorInfo.class);
  }

  @Test
  void watch_nothingIsAllowed_isDenied() throws IOException {
    use("allow uid:1 admin *");
    assertThat(denial(watch(0)).getMetadataMap())
        .containsEntry("principal", "uid:0")
        .containsEntry("verb", "see");
  }

  @Test
  void watch_readerWantsSettings_isDenied_andGetsTheBasicView() throws IOException {
    use("allow uid:0 reader *");
    WatchClient full = watch(0, DatastoreView.DATASTORE_VIEW_FULL, Reading.AT_ONCE);
    assertThat(denial(full).getMetadataMap()).containsEntry("verb", "settings");
    WatchClient basic = watch(0);
    await().atMost(PATIENCE).until(() -> basic.held().size() == 4);
  }

  @Test
  void rules_takeEverything_streamEndsAndSaysWhy() throws IOException {
    WatchClient client = watch(0);
    await().atMost(PATIENCE).until(() -> client.held().size() == 4);
    use("allow uid:1 reader *");
    assertThat(denial(client).getReason()).isEqualTo("PERMISSION_DENIED");
    await().atMost(PATIENCE).until(() -> server.watches.count() == 0);
  }

  @Test
  void rules_hideAndShow_oneChangeEach_atARevisionThatDoesNotRise() {
    WatchClient client = watch(0);
    await().atMost(PATIENCE).until(() -> client.held().size() == 4);
    assertThat(client.last().getFiltered()).isFalse();

    use("allow uid:0 reader open*");
    await().atMost(PATIENCE).until(() -> client.held().size() == 2);
    assertThat(client.last().getFiltered()).isTrue();
    assertThat(client.last().getRevision().getGeneration())
        .isEqualTo(world.revision().generation().value());

    use("allow uid:0 reader *");
    await().atMost(PATIENCE).until(() -> client.held().size() == 4);
    assertThat(client.generations()).isZero();
  }

  @Test
  @Tag("soak")
  void thousandWatches_rulesChangeHundredTimes_eachSeesExactlyWhatItsRulesAllow()
      throws IOException {
    Soak soak =
        Soak.of("1,000 open watches while the rules change: each sees what its rules allow");
    int watches = Math.max(FEWEST_WATCHES, soak.times(WATCHES));
    int changes = Math.max(FEWEST, soak.times(WHOLE));
    List<WatchClient> clients = new ArrayList<>();
    use(randomRules(new Random(0)));
    for (int i = 0; i < watches; i++) {
      clients.add(watch(i % USERS));
    }
    Random random = new Random(soak.seed());
    for (int change = 0; change < changes; change++) {
      if (random.nextBoolean()) {
        world.touch("open-a", "secret-" + "abc".charAt(random.nextInt(3)));
      }
      use(randomRules(random));
      world.touch("never-seen");
      if (random.nextBoolean()) {
        world.remove("never-seen", "secret-" + "abc".charAt(random.nextInt(3)));
      }
      awaitTruth(clients);
    }

    assertThat(clients).allMatch(client -> client.ended().isEmpty());
    for (WatchClient client : clients) {
      assertThat(client.messages().stream().anyMatch(OpenWatchRightsTest::namesWhatIsNeverShown))
          .isFalse();
    }
    assertThat(server.overrun).hasValue(0);
    use("allow uid:0 reader *");
    for (int i = 1; i < watches; i++) {
      if (i % USERS != 0) {
        assertThat(denial(clients.get(i)).getMetadataMap()).containsEntry("verb", "see");
      }
    }
    assertThat(server.watches.count()).isEqualTo(watches / USERS);
    soak.end(changes, 0);
  }

  private static boolean namesWhatIsNeverShown(WatchGenerationResponse message) {
    return message.toString().contains("never-seen");
  }

  /** Nobody sees never-seen, everybody sees something. */
  private static String[] randomRules(Random random) {
    String[] wheres = {"open*", "open-b", "open*,secret*", "open-a,secret-a", "secret*"};
    String[] lines = new String[USERS];
    for (int user = 0; user < USERS; user++) {
      lines[user] = "allow uid:%d reader %s".formatted(user, wheres[random.nextInt(wheres.length)]);
    }
    return lines;
  }

  private void awaitTruth(List<WatchClient> clients) {
    List<Map<String, Long>> truths = new ArrayList<>();
    for (int user = 0; user < USERS; user++) {
      Rights rights = server.rightsOf(user);
      Map<String, Long> truth = new TreeMap<>();
      world
          .snapshot()
          .byName()
          .forEach(
              datastore -> {
                DatastoreName name = datastore.name();
                if (rights.allow(Verb.SEE, name)) {
                  truth.put(name.value(), datastore.generation().value());
                }
              });
      truths.add(truth);
    }
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              for (int i = 0; i < clients.size(); i++) {
                if (!clients.get(i).held().equals(truths.get(i % USERS))) {
                  return false;
                }
              }
              return true;
            });
  }
}
