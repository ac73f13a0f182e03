package io.datastored.watch;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.Iterators;
import io.datastored.config.DatastoreName;
import io.datastored.engine.snapshot.Datastore;
import io.datastored.history.Generation;
import io.datastored.history.Revision;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random changes, removals, re-creations, merged publications, slow readers, broken streams,
 * restarts and forgotten removals; whenever a client holds a revision, what it holds of its
 * selection is exactly the content at that revision.
 */
final class WatchModelTest {
  private static final int ROUNDS = 60;
  private static final int STEPS = 400;
  private static final FrameEncoder NO_BYTES = frame -> Iterators.singletonIterator(new byte[0]);

  /** Whether publications may stand for several generations. */
  private enum Publishing {
    EACH_GENERATION,
    SEVERAL_AT_ONCE
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void clients_eachGenerationPublished_holdTheTruthAndCountExactly(long seed) {
    run(seed, Publishing.EACH_GENERATION);
  }

  @ParameterizedTest
  @ValueSource(longs = {4, 5, 6})
  void clients_severalGenerationsAtOnce_holdTheTruth(long seed) {
    run(seed, Publishing.SEVERAL_AT_ONCE);
  }

  private static void run(long seed, Publishing publishing) {
    Random random = new Random(seed);
    for (int round = 0; round < ROUNDS; round++) {
      new Run(random, publishing, random.nextInt(3) == 0 ? 5 : 1000).play();
    }
  }

  /** One world, one feed at a time and some clients. */
  private static final class Run {
    private final Random random;
    private final Publishing publishing;
    private final int history;
    private final World world = World.of("aaa", "aab", "baa");
    private final TestRules rules = TestRules.open();
    private final ManualExecutor executor = new ManualExecutor();
    private final List<Client> clients = new ArrayList<>();
    private WatchFeed feed;
    private boolean restarted;

    Run(Random random, Publishing publishing, int history) {
      this.random = random;
      this.publishing = publishing;
      this.history = history;
      this.feed = newFeed();
      world.addListener(change -> feed.onChange(change));
      for (String[] patterns :
          new String[][] {{}, {"aaa"}, {"aa*"}, {"aa*", "bba"}, {"bab", "aab"}, {"b*"}}) {
        clients.add(new Client(this, Selection.of(List.of(patterns))));
        clients.add(new Client(this, Selection.of(List.of(patterns))));
      }
    }

    WatchFeed newFeed() {
      return new WatchFeed(
          world::snapshot, NO_BYTES, executor, new WatchLimits(100, history), rules.access);
    }

    void play() {
      for (int step = 0; step < STEPS; step++) {
        switch (random.nextInt(12)) {
          case 0, 1, 2 -> commit();
          case 3 -> executor.run();
          case 4, 5, 6, 7 -> anyone().read();
          case 8 -> anyone().bookmark();
          case 9 -> anyone().reconnect();
          case 10 -> {
            if (random.nextInt(10) == 0) {
              restart();
            }
          }
          default -> {
            if (random.nextInt(4) == 0) {
              world.forgetRemovals(2);
            }
          }
        }
      }
      world.publish();
      executor.run();
      clients.forEach(Client::readAll);
      clients.forEach(client -> client.isAt(world.revision()));
    }

    private void commit() {
      int generations = publishing == Publishing.EACH_GENERATION ? 1 : 1 + random.nextInt(4);
      for (int i = 0; i < generations; i++) {
        switch (random.nextInt(5)) {
          case 0 -> world.commitRemove(anyName());
          case 1 -> world.commitTouch(anyName(), anyName(), anyName());
          case 2 -> {
            if (random.nextInt(4) == 0) {
              world.commitNothing();
            } else {
              world.commitTouch(anyName());
            }
          }
          default -> world.commitTouch(anyName());
        }
      }
      world.publish();
    }

    private void restart() {
      restarted = true;
      feed = newFeed();
      clients.forEach(Client::reconnect);
    }

    private Client anyone() {
      return clients.get(random.nextInt(clients.size()));
    }

    private String anyName() {
      return new String(
          new char[] {
            "ab".charAt(random.nextInt(2)),
            "ab".charAt(random.nextInt(2)),
            "ab".charAt(random.nextInt(2))
          });
    }
  }

  /** What a cache does with the frames it gets. */
  private static final class Client {
    private final Run run;
    private final Selection selection;
    private final Map<DatastoreName, Generation> held = new TreeMap<>();
    private Optional<Revision> at = Optional.empty();
    private Watcher watcher;

    Client(Run run, Selection selection) {
      this.run = run;
      this.selection = selection;
      this.watcher = open();
    }

    void read() {
      watcher
          .next()
          .ifPresent(
              due -> {
                boolean first = !watcher.isStarted();
                watcher.handedOver(due);
                apply(due.frame(), first);
              });
    }

    void bookmark() {
      if (watcher.isStarted()) {
        SharedFrame bookmark = watcher.bookmark();
        watcher.handedOver(bookmark);
        apply(bookmark.frame(), false);
      }
    }

    void readAll() {
      read();
      read();
      assertThat(watcher.next()).isEmpty();
      bookmark();
    }

    void reconnect() {
      watcher.close();
      watcher = open();
    }

    void isAt(Revision revision) {
      assertThat(at).contains(revision);
    }

    private Watcher open() {
      return run.feed
          .open(
              new WatchRequest(
                  run.rules.client("a"), selection, View.BASIC, at, Duration.ofSeconds(10)),
              0,
              () -> {})
          .orElseThrow();
    }

    private void apply(Frame frame, boolean first) {
      Revision before = at.orElse(frame.revision());
      assertThat(frame.revision().generation()).isGreaterThanOrEqualTo(before.generation());
      if (frame instanceof Frame.Snapshot snapshot) {
        held.clear();
        put(snapshot.datastores());
        assertThat(snapshot.reason())
            .isEqualTo(at.isEmpty() ? SnapshotReason.REQUESTED : SnapshotReason.TOO_OLD);
      } else if (frame instanceof Frame.Change change) {
        put(change.changed());
        change.removed().forEach(held::remove);
        checkCount(change, before, first);
      } else {
        assertThat(run.world.contentAt(before.generation(), selection))
            .isEqualTo(run.world.contentAt(frame.revision().generation(), selection));
      }
      at = Optional.of(frame.revision());
      assertThat(held).isEqualTo(run.world.contentAt(frame.revision().generation(), selection));
    }

    private void checkCount(Frame.Change change, Revision before, boolean first) {
      long truth =
          run.world.touchesBetween(before.generation(), change.revision().generation(), selection);
      long span = change.revision().generation().value() - before.generation().value();
      boolean covered = !first || (run.history == 1000 && !run.restarted);
      if (covered && run.publishing == Publishing.EACH_GENERATION) {
        assertThat(change.generations()).isEqualTo(truth);
      } else if (selection.isEverything()) {
        assertThat(change.generations()).isBetween(1L, span);
      } else {
        assertThat(change.generations()).isBetween(1L, truth);
      }
    }

    private void put(List<Datastore> datastores) {
      datastores.forEach(datastore -> held.put(datastore.name(), datastore.generation()));
    }
  }
}
