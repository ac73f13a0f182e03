package io.datastored.service.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import com.google.common.collect.ImmutableList;
import io.datastored.access.Rights;
import io.datastored.config.DatastoreName;
import io.datastored.engine.HandMade;
import io.datastored.engine.snapshot.Datastore;
import io.datastored.history.Generation;
import io.datastored.service.stream.WatchClient;
import io.datastored.service.stream.WatchClient.Reading;
import io.datastored.service.stream.WatchServer;
import io.datastored.v1.WatchGenerationResponse;
import io.datastored.watch.Frame;
import io.datastored.watch.Scope;
import io.datastored.watch.Selection;
import io.datastored.watch.SnapshotReason;
import io.datastored.watch.TestRules;
import io.datastored.watch.View;
import io.datastored.watch.WatchLimits;
import io.datastored.watch.World;
import io.datastored.watch.World.Remembering;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class ProtoFramesTest {
  private static final int MIB = 1 << 20;
  private static final int MANY = 20_000;

  private final ProtoFrames frames = new ProtoFrames(ProtoFrames.ROOM);
  private final World world = manyDatastores();

  @Test
  void encode_largeSnapshot_partsBelowTheLimit_allDatastoresOnce() throws IOException {
    List<WatchGenerationResponse> parts =
        parts(
            new Frame.Snapshot(
                world.revision(),
                scope(View.FULL),
                SnapshotReason.REQUESTED,
                world.snapshot().byName()));
    assertThat(parts).hasSizeGreaterThan(1);
    assertThat(parts.stream().mapToInt(part -> part.getSnapshot().getDatastoresCount()).sum())
        .isEqualTo(MANY);
    assertThat(parts.subList(0, parts.size() - 1)).noneMatch(part -> part.hasRevision());
    assertThat(parts.get(parts.size() - 1).hasRevision()).isTrue();
  }

  @Test
  void encode_manyRemovals_afterAllChanges_countOnTheLastPartOnly() throws IOException {
    ImmutableList<DatastoreName> gone =
        IntStream.range(0, 60_000)
            .mapToObj(i -> new DatastoreName("a-name-of-some-length-" + i))
            .collect(ImmutableList.toImmutableList());
    List<WatchGenerationResponse> parts =
        parts(
            new Frame.Change(
                world.revision(), scope(View.BASIC), world.snapshot().byName(), gone, 7));
    assertThat(parts).hasSizeGreaterThan(2);
    assertThat(parts.stream().mapToInt(part -> part.getChange().getRemovedCount()).sum())
        .isEqualTo(60_000);
    assertThat(parts.stream().mapToLong(part -> part.getChange().getGenerations()).sum())
        .isEqualTo(7);
  }

  @Test
  void encode_nothingSelected_isOneEmptyFrame() throws IOException {
    List<WatchGenerationResponse> parts =
        parts(
            new Frame.Snapshot(
                world.revision(), scope(View.BASIC), SnapshotReason.REQUESTED, ImmutableList.of()));
    assertThat(parts).hasSize(1);
    assertThat(parts.get(0).hasRevision()).isTrue();
    assertThat(parts.get(0).hasSnapshot()).isTrue();
  }

  @Test
  void encode_settingsAndWhoSetTheMode_onlyAsFarAsRightsReach() throws IOException {
    ImmutableList<Datastore> datastores =
        Stream.of("operated", "seen", "used")
            .map(name -> HandMade.offline(new DatastoreName(name), Generation.NONE.next(), "uid:7"))
            .collect(ImmutableList.toImmutableList());
    Rights rights =
        TestRules.of(
                "allow cn:a operator operated", "allow cn:a reader seen", "allow cn:a user used")
            .client("a")
            .rights();
    Scope full = new Scope(Selection.everything(), View.FULL, rights);
    Scope basic = new Scope(Selection.everything(), View.BASIC, rights);

    WatchGenerationResponse snapshot =
        parts(new Frame.Snapshot(world.revision(), full, SnapshotReason.REQUESTED, datastores))
            .get(0);
    WatchGenerationResponse bookmark =
        parts(new Frame.Bookmark(world.revision(), basic, datastores, Duration.ZERO)).get(0);

    assertThat(snapshot.getFiltered()).isTrue();
    assertThat(snapshot.getSnapshot().getDatastoresList())
        .extracting(
            one -> one.getName(),
            one -> one.hasSettings(),
            one -> !one.getBasePath().isEmpty(),
            one -> one.getMaintenance().getSetBy())
        .containsExactly(
            tuple("operated", true, true, "uid:7"),
            tuple("seen", false, false, ""),
            tuple("used", true, true, ""));
    assertThat(bookmark.getBookmark().getRemovableList())
        .extracting(one -> one.hasSettings(), one -> one.getMaintenance().getSetBy())
        .containsExactly(tuple(false, "uid:7"), tuple(false, ""), tuple(false, ""));
  }

  @Test
  void encodedOnce_overTcp_isReadByGeneratedClients() throws IOException {
    try (WatchServer server =
        WatchServer.overTcp(world, new WatchLimits.Builder().build(), ProtoFrames.ROOM)) {
      WatchClient one = new WatchClient(Reading.AT_ONCE).open(server);
      WatchClient other = new WatchClient(Reading.AT_ONCE).open(server);
      await().until(() -> one.held().size() == MANY && other.held().size() == MANY);
      long generation = world.touch("store-7").generation().value();
      await().until(() -> one.generation() == generation && other.generation() == generation);
      assertThat(one.held()).isEqualTo(other.held()).containsEntry("store-7", generation);
      assertThat(server.overrun).hasValue(0);
    }
  }

  private List<WatchGenerationResponse> parts(Frame frame) throws IOException {
    List<WatchGenerationResponse> parts = new ArrayList<>();
    for (Iterator<byte[]> all = frames.encode(frame); all.hasNext(); ) {
      byte[] part = all.next();
      assertThat(part.length).isLessThanOrEqualTo(MIB);
      parts.add(WatchGenerationResponse.parseFrom(part));
    }
    return parts;
  }

  private static Scope scope(View view) {
    return new Scope(Selection.everything(), view, Rights.ALL);
  }

  private static World manyDatastores() {
    World world = new World(Remembering.NOTHING);
    world.commitTouch(IntStream.range(0, MANY).mapToObj(i -> "store-" + i).toArray(String[]::new));
    world.publish();
    return world;
  }
}
