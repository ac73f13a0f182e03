package io.datastored.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.access.Rights;
import io.datastored.access.Subject;
import io.datastored.config.DatastoreName;
import io.datastored.history.Generation;
import io.datastored.history.Revision;
import io.datastored.service.Services;
import io.datastored.v1.Datastore;
import io.datastored.v1.WatchGenerationResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random rules and changes of rules, changes of datastores, slow readers, broken streams and
 * restarts: each client sees exactly what its rules allow. Whatever it is sent leads to the visible
 * part of a revision, and no byte of it names what is hidden and was never visible to it.
 */
final class WatchRightsModelTest {
  private static final int ROUNDS = 10;
  private static final int STEPS = 300;

  /** No name is part of another, or of anything else in a frame. */
  private static final List<String> NAMES =
      List.of("xa-one", "xa-two", "xa-six", "yb-one", "yb-two", "yb-six", "zc-one", "zc-two");

  private static final String SETTER = "uid:4711";

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void clients_seeExactlyWhatTheirRulesAllow(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < ROUNDS; round++) {
      new Run(random).play();
    }
  }

  /** One world, its rules and some clients. */
  private static final class Run {
    private final Random random;
    private final World world = World.of("xa-one", "yb-one", "zc-one");
    private final ManualExecutor executor = new ManualExecutor();
    private final TestRules rules;
    private final List<Client> clients = new ArrayList<>();
    private WatchFeed feed;

    /** Datastores are changed between the moment when rules are in force and their listener. */
    private Runnable beforeTheListener = () -> {};

    Run(Random random) {
      this.random = random;
      this.rules = TestRules.of(randomRules());
      this.feed = newFeed();
      world.addListener(change -> feed.onChange(change));
      rules.access.addListener(
          () -> {
            beforeTheListener.run();
            feed.onRulesChanged();
          });
      for (String client : List.of("ann", "bob", "bob", "cid")) {
        for (View view : View.values()) {
          for (String[] patterns : new String[][] {{}, {"xa*", "yb-two"}, {"zc-one", "yb-six"}}) {
            clients.add(new Client(this, client, Selection.of(List.of(patterns)), view));
          }
        }
      }
      clients.forEach(Client::noteWhatIsVisible);
    }

    private WatchFeed newFeed() {
      return new WatchFeed(
          world::snapshot, Services.frames(), executor, new WatchLimits(100, 1000), rules.access);
    }

    void play() {
      for (int step = 0; step < STEPS; step++) {
        switch (random.nextInt(12)) {
          case 0, 1, 2 -> commit();
          case 3 -> changeRules();
          case 4 -> anyone().bookmark();
          case 5 -> anyone().reconnect();
          case 6 -> {
            if (random.nextInt(10) == 0) {
              feed = newFeed(); // the server was restarted
              clients.forEach(Client::reconnect);
            }
          }
          default -> anyone().read();
        }
      }
      executor.run();
      clients.forEach(Client::readAll);
    }

    private void changeRules() {
      beforeTheListener = random.nextInt(3) == 0 ? this::commit : () -> {};
      rules.use(world.revision(), randomRules());
      clients.forEach(Client::noteWhatIsVisible);
    }

    private String[] randomRules() {
      List<String> lines = new ArrayList<>();
      for (String client : List.of("ann", "bob", "cid")) {
        int count = random.nextInt(4);
        for (int i = 0; i < count; i++) {
          lines.add(
              "%s cn:%s %s %s"
                  .formatted(
                      random.nextInt(3) == 0 ? "deny" : "allow",
                      client,
                      any(List.of("reader", "user", "operator", "admin")),
                      any(List.of("*", "*", "xa*", "yb*,zc-one", "yb-two", "zc-two"))));
        }
      }
      return lines.toArray(String[]::new);
    }

    private void commit() {
      int generations = random.nextInt(4) == 0 ? 2 : 1;
      for (int i = 0; i < generations; i++) {
        switch (random.nextInt(4)) {
          case 0 -> world.commitRemove(any(NAMES));
          case 1 -> world.commitOffline(SETTER, any(NAMES));
          default -> world.commitTouch(any(NAMES), any(NAMES));
        }
        clients.forEach(client -> client.countTouch(world.lastTouched()));
      }
      clients.forEach(client -> client.merged |= generations > 1);
      world.publish();
      clients.forEach(Client::noteWhatIsVisible);
    }

    private Client anyone() {
      return clients.get(random.nextInt(clients.size()));
    }

    private String any(List<String> of) {
      return of.get(random.nextInt(of.size()));
    }
  }

  /** What is known of one datastore. */
  private record Held(Generation generation, boolean settings, boolean holder) {}

  /** What a cache does with the bytes it gets, and what it may know. */
  private static final class Client {
    private final Run run;
    private final Subject subject;
    private final Selection selection;
    private final View view;
    private final Map<DatastoreName, Held> held = new TreeMap<>();
    private final Set<String> wasVisible = new HashSet<>();
    private Optional<Revision> at = Optional.empty();
    private Scope scope;
    private Watcher watcher;
    private long touches;
    private boolean merged;

    Client(Run run, String name, Selection selection, View view) {
      this.run = run;
      this.subject = run.rules.client(name);
      this.selection = selection;
      this.view = view;
      this.watcher = open();
    }

    void read() {
      boolean first = !watcher.isStarted();
      Optional<SharedFrame> due = watcher.next();
      if (due.isPresent()) {
        apply(due.get(), first);
        watcher.handedOver(due.get());
        touches = 0;
        merged = false;
      }
    }

    void bookmark() {
      if (watcher.isStarted()) {
        SharedFrame bookmark = watcher.bookmark();
        apply(bookmark, false);
        watcher.handedOver(bookmark);
      }
    }

    void readAll() {
      read();
      read();
      assertThat(watcher.next()).isEmpty();
      bookmark();
      assertThat(at).contains(run.world.revision());
      assertThat(held).isEqualTo(truth(run.world.revision(), scope(subject.rights())));
    }

    void reconnect() {
      watcher.close();
      watcher = open();
    }

    /** By the rules in force, whether or not it was sent. */
    void noteWhatIsVisible() {
      run.world.names().stream()
          .filter(scope(subject.rights())::covers)
          .forEach(name -> wasVisible.add(name.value()));
    }

    void countTouch(Set<DatastoreName> touched) {
      if (touched.stream().anyMatch(scope(subject.rights())::covers)) {
        touches++;
      }
    }

    private Scope scope(Rights rights) {
      return new Scope(selection, view, rights);
    }

    private Watcher open() {
      return run.feed
          .open(new WatchRequest(subject, selection, view, at, Duration.ofSeconds(10)), 0, () -> {})
          .orElseThrow();
    }

    private void apply(SharedFrame due, boolean first) {
      Frame frame = due.frame();
      Revision before = at.orElse(frame.revision());
      assertThat(frame.revision().generation()).isGreaterThanOrEqualTo(before.generation());
      boolean content = !(frame instanceof Frame.Bookmark);
      if (frame instanceof Frame.Snapshot) {
        held.clear();
      }
      Optional<byte[]> part = due.part(0);
      for (int next = 1; part.isPresent(); next++) {
        apply(part.get(), frame.scope());
        part = due.part(next);
      }
      if (frame instanceof Frame.Change change && !first && !merged) {
        assertThat(change.generations()).isEqualTo(touches);
      }
      at = Optional.of(frame.revision());
      if (content || first) {
        scope = frame.scope();
      }
      assertThat(held).isEqualTo(truth(frame.revision(), scope));
    }

    private void apply(byte[] bytes, Scope now) {
      String text = new String(bytes, StandardCharsets.ISO_8859_1);
      for (String name : NAMES) {
        if (!now.covers(new DatastoreName(name)) && !wasVisible.contains(name)) {
          assertThat(text).doesNotContain(name);
        }
      }
      WatchGenerationResponse message = parsed(bytes);
      assertThat(message.getFiltered()).isEqualTo(message.hasRevision() && now.isFiltered());
      message.getSnapshot().getDatastoresList().forEach(told -> put(told, now));
      message.getChange().getChangedList().forEach(told -> put(told, now));
      message.getChange().getRemovedList().forEach(name -> held.remove(new DatastoreName(name)));
      message
          .getBookmark()
          .getRemovableList()
          .forEach(told -> assertThat(now.covers(new DatastoreName(told.getName()))).isTrue());
    }

    private void put(Datastore told, Scope now) {
      DatastoreName name = new DatastoreName(told.getName());
      assertThat(now.covers(name)).isTrue();
      held.put(
          name,
          new Held(
              new Generation(told.getGeneration()),
              told.hasSettings() && !told.getBasePath().isEmpty(),
              !told.getMaintenance().getSetBy().isEmpty()));
    }

    private static WatchGenerationResponse parsed(byte[] bytes) {
      try {
        return WatchGenerationResponse.parseFrom(bytes);
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }

    private Map<DatastoreName, Held> truth(Revision revision, Scope visible) {
      Map<DatastoreName, Held> truth = new TreeMap<>();
      run.world
          .contentAt(revision.generation(), selection)
          .forEach(
              (name, generation) -> {
                if (visible.covers(name)) {
                  truth.put(
                      name,
                      new Held(
                          generation,
                          visible.showsSettings(name),
                          run.world.isSetBySomebody(name, generation)
                              && visible.showsHolders(name)));
                }
              });
      return truth;
    }
  }
}
