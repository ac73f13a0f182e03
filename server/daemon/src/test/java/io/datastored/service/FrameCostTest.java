package io.datastored.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.engine.snapshot.Datastore;
import io.datastored.history.Revision;
import io.datastored.watch.Frame;
import io.datastored.watch.FrameEncoder;
import io.datastored.watch.Selection;
import io.datastored.watch.SharedFrame;
import io.datastored.watch.TestRules;
import io.datastored.watch.View;
import io.datastored.watch.WatchFeed;
import io.datastored.watch.WatchLimits;
import io.datastored.watch.WatchRequest;
import io.datastored.watch.Watcher;
import io.datastored.watch.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a change may cost on its way to many watchers, in what can be counted. */
final class FrameCostTest {

  private static final int WATCHERS = 1000;
  private static final int DATASTORES = 1000;

  /** One datastore without settings, a revision, and their tags. */
  private static final int ONE_CHANGE_BYTES = 256;

  private final World world =
      World.of(
          IntStream.range(0, DATASTORES)
              .mapToObj(i -> String.format("store%04d", i))
              .toArray(String[]::new));
  private final List<Frame> encoded = new ArrayList<>();
  private final TestRules rules = TestRules.open();
  private final WatchFeed feed = feed();

  private WatchFeed feed() {
    FrameEncoder encoder = Services.frames();
    FrameEncoder counted =
        frame -> {
          encoded.add(frame);
          return encoder.encode(frame);
        };
    WatchFeed made =
        new WatchFeed(
            world::snapshot, counted, Runnable::run, new WatchLimits(WATCHERS, 100), rules.access);
    world.addListener(made);
    return made;
  }

  private Watcher open(Optional<Revision> known) {
    return feed.open(
            new WatchRequest(
                rules.client("a"),
                Selection.everything(),
                View.BASIC,
                known,
                Duration.ofSeconds(10)),
            0,
            () -> {})
        .orElseThrow();
  }

  /** What would be put on the wire for one watcher. */
  private static int send(Watcher watcher) {
    SharedFrame frame = watcher.next().orElseThrow();
    int bytes = 0;
    for (int i = 0; ; i++) {
      Optional<byte[]> part = frame.part(i);
      if (part.isEmpty()) {
        break;
      }
      bytes += part.get().length;
    }
    watcher.handedOver(frame);
    return bytes;
  }

  @Test
  void oneChange_howeverManyWatchers_isEncodedOnce_andAsLongAsOneDatastore() {
    List<Watcher> watchers = new ArrayList<>();
    for (int i = 0; i < WATCHERS; i++) {
      watchers.add(open(Optional.empty()));
    }
    int snapshot = watchers.stream().mapToInt(FrameCostTest::send).max().orElseThrow();
    assertThat(encoded).as("the snapshot of all").hasSize(1);
    encoded.clear();
    world.touch("store0500");
    for (Watcher watcher : watchers) {
      assertThat(send(watcher)).isLessThan(ONE_CHANGE_BYTES);
    }
    assertThat(encoded).hasSize(1);
    assertThat(snapshot).isGreaterThan(DATASTORES);
  }

  @Test
  void manyChangesBehindASlowWatcher_areOneFrame_withEachDatastoreOnce() {
    Watcher slow = open(Optional.empty());
    int unused = send(slow);
    encoded.clear();
    for (int i = 0; i < 100; i++) {
      world.touch("store0001", "store0002");
    }
    assertThat(send(slow)).isLessThan(2 * ONE_CHANGE_BYTES);
    assertThat(encoded).hasSize(1);
    Frame.Change change = (Frame.Change) encoded.get(0);
    assertThat(change.changed()).extracting(Datastore::name).hasSize(2);
    assertThat(change.generations()).isEqualTo(100);
  }

  @Test
  void resumingWhenNothingHasChanged_encodesNoSnapshot() {
    Watcher resumed = open(Optional.of(world.revision()));
    assertThat(send(resumed)).isLessThan(ONE_CHANGE_BYTES);
    assertThat(encoded).noneMatch(frame -> frame instanceof Frame.Snapshot);
  }
}
