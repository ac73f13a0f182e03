package io.datastored.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.access.Rights;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

final class FanOutTest {
  private static final FrameEncoder NO_BYTES = frame -> Collections.emptyIterator();

  private final World world = World.of("alpha", "beta");
  private final ManualExecutor executor = new ManualExecutor();
  private final TestRules rules = TestRules.open();
  private final WatchFeed feed = feed();

  @Test
  void publish_watcherOfOthers_isNotSignalled() {
    List<String> signals = new ArrayList<>();
    open("alpha", () -> signals.add("alpha"));
    open("be*", () -> signals.add("be*"));
    open("*", () -> signals.add("*"));
    world.touch("beta");
    world.commitNothing();
    world.publish();
    assertThat(signals).as("not by the publisher").isEmpty();
    executor.run();
    assertThat(signals).containsExactlyInAnyOrder("be*", "*");
  }

  @Test
  void publish_manyBeforeTheExecutorRuns_oneTaskAndOneSignal() {
    List<String> signals = new ArrayList<>();
    open("*", () -> signals.add("*"));
    for (int i = 0; i < 1000; i++) {
      world.touch("alpha");
    }
    assertThat(executor.waiting()).isEqualTo(1);
    executor.run();
    assertThat(signals).hasSize(1);
  }

  @Test
  void publish_whileTheGroupIsSignalled_isSignalledAgain() {
    List<String> signals = new ArrayList<>();
    open("alpha", once(signals, () -> world.touch("alpha")));
    world.touch("alpha");
    executor.run();
    assertThat(signals).hasSize(2);
  }

  @Test
  void signal_afterTheLastPoll_startsANewTask() {
    Group first = group();
    Group late = group();
    AtomicReference<FanOut> fanOut = new AtomicReference<>();
    Iterator<Group> afterTheLast = List.of(late).iterator();
    Queue<Group> due =
        new ArrayDeque<>() {
          @Override
          public Group poll() {
            Group next = super.poll();
            if (next == null && afterTheLast.hasNext()) {
              fanOut.get().signal(List.of(afterTheLast.next()));
            }
            return next;
          }
        };
    fanOut.set(new FanOut(executor, due));
    fanOut.get().signal(List.of(first));
    executor.run();
    assertThat(due).isEmpty();
    assertThat(late.becomeDue()).as("was signalled").isTrue();
  }

  @Test
  void open_limitReached_isEmpty_untilOneCloses() {
    Watcher first = open("alpha", () -> {}).orElseThrow();
    open("alpha", () -> {});
    open("beta", () -> {});
    assertThat(open("beta", () -> {})).isEmpty();
    first.close();
    first.close();
    assertThat(feed.watchers()).isEqualTo(2);
    assertThat(open("beta", () -> {})).isPresent();
  }

  @Test
  void close_storm_leavesNothingBehind() {
    for (int i = 0; i < 1000; i++) {
      open("alpha", () -> {}).orElseThrow().close();
    }
    assertThat(feed.watchers()).isZero();
    world.touch("alpha");
    assertThat(executor.waiting()).isZero();
  }

  @Test
  void signalAll_signalsEveryWatcher() {
    List<String> signals = new ArrayList<>();
    open("alpha", () -> signals.add("alpha"));
    open("nothing", () -> signals.add("nothing"));
    feed.signalAll();
    executor.run();
    assertThat(signals).containsExactlyInAnyOrder("alpha", "nothing");
  }

  private static Runnable once(List<String> signals, Runnable first) {
    return () -> {
      signals.add("signal");
      if (signals.size() == 1) {
        first.run();
      }
    };
  }

  private static Group group() {
    return new Group(new Scope(Selection.everything(), View.BASIC, Rights.ALL), NO_BYTES, 0);
  }

  private WatchFeed feed() {
    WatchFeed made =
        new WatchFeed(world::snapshot, NO_BYTES, executor, new WatchLimits(3, 100), rules.access);
    world.addListener(made);
    return made;
  }

  @Test
  void signal_comesToTheWatchersOfOneConnectionOneAfterAnother() {
    List<String> signals = new ArrayList<>();
    for (long connection : new long[] {2, 1, 2}) {
      assertThat(feed.open(request("alpha"), connection, () -> signals.add("on " + connection)))
          .isPresent();
    }
    world.touch("alpha");
    executor.run();
    assertThat(signals).containsExactly("on 1", "on 2", "on 2");
  }

  private Optional<Watcher> open(String pattern, Runnable signal) {
    return feed.open(request(pattern), 0, signal);
  }

  private WatchRequest request(String pattern) {
    return new WatchRequest(
        rules.client("a"),
        Selection.of(List.of(pattern)),
        View.BASIC,
        Optional.empty(),
        Duration.ofSeconds(10));
  }
}
