package io.datastored.etcd.history;

import static com.google.common.util.concurrent.Uninterruptibles.awaitUninterruptibly;
import static io.datastored.etcd.history.EtcdStores.KEYS;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.datastored.config.DatastoreName;
import io.datastored.config.MaintenanceMode;
import io.datastored.etcd.history.KeyValues.Change;
import io.datastored.etcd.history.KeyValues.Entry;
import io.datastored.history.AcceptedState;
import io.datastored.history.Store.Look;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An observer of other keys beside a store: what it is told, and before what. */
final class KeyObserverTest {

  private static final String FLOOR = KEYS.prefix() + "floor/alpha";
  private static final DatastoreName ALPHA = DatastoreName.of("alpha");
  private static final String OTHER = KEYS.prefix() + "other";

  private final EtcdStores stores = EtcdStores.create();
  private final MemoryEtcd etcd = stores.etcd();
  private final Observed observed = new Observed();
  private final List<AutoCloseable> open = new ArrayList<>();

  /** Remembers what it was told, and what was served then. */
  private static final class Observed implements KeyObserver {
    final List<String> told = new CopyOnWriteArrayList<>();
    Supplier<Long> served = () -> 0L;
    Runnable whenTold = () -> {};

    @Override
    public List<String> prefixes() {
      return List.of(KEYS.prefix() + "floor/");
    }

    @Override
    public void loaded(long revision, List<Entry> all) {
      told.add(
          "loaded %s, served %d"
              .formatted(
                  all.stream().map(entry -> new String(entry.value(), UTF_8)).toList(),
                  served.get()));
    }

    @Override
    public void changed(long revision, List<Change> changes) {
      changes.stream()
          .filter(change -> change.key().equals(FLOOR))
          .forEach(
              change ->
                  told.add(
                      "changed to %s, served %d"
                          .formatted(
                              new String(change.value().orElseThrow(), UTF_8), served.get())));
      whenTold.run();
    }
  }

  private EtcdStore open(KeyObserver observer) throws Exception {
    EtcdStore store =
        EtcdStore.open(etcd.connect(), EtcdStores.options(), LastSeen.none(), observer);
    open.add(store);
    return store;
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  @Test
  void open_hasLoadedWhatItFollows() throws Exception {
    etcd.put(FLOOR, bytes("7"));
    etcd.put(OTHER, bytes("other"));
    open(observed);
    assertThat(observed.told).containsExactly("loaded [7], served 0");
  }

  @Test
  void changed_isTold_andReadAgainWithTheHistory() throws Exception {
    EtcdStore store = open(observed);
    etcd.put(FLOOR, bytes("7"));
    await().until(() -> observed.told.contains("changed to 7, served 0"));
    var unused = store.look(store.initial(), Look.INSIDE);
    assertThat(observed.told).last().isEqualTo("loaded [7], served 0");
  }

  /** A floor of before a commit is known before that commit is served: by the watch. */
  @Test
  void commitOfAnother_floorBeforeIt_isToldBeforeItIsServed() throws Exception {
    EtcdStore store = open(observed);
    EtcdStore other = open(KeyObserver.NONE);
    observed.served = () -> store.doorbell().readAcquire();
    long before = observed.served.get();
    etcd.put(FLOOR, bytes("7"));
    AcceptedState unused = Drafts.set(other, Drafts.section("alpha", "a"));
    await().until(() -> store.doorbell().readAcquire() > before);
    assertThat(observed.told).contains("changed to 7, served " + before);
  }

  /** The same, when both are reported while an earlier change is followed. */
  @Test
  void commitOfAnother_reportedTogetherWithTheFloorBeforeIt_isServedAfterIt() throws Exception {
    EtcdStore store = open(observed);
    EtcdStore other = open(KeyObserver.NONE);
    observed.served = () -> store.doorbell().readAcquire();
    long before = observed.served.get();
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch goesOn = new CountDownLatch(1);
    observed.whenTold =
        () -> {
          begun.countDown();
          awaitUninterruptibly(goesOn);
        };
    etcd.put(FLOOR, bytes("6"));
    assertThat(begun.await(1, TimeUnit.MINUTES)).isTrue();
    etcd.put(FLOOR, bytes("7"));
    AcceptedState unused = Drafts.set(other, Drafts.section("alpha", "a"));
    goesOn.countDown();
    await().until(() -> store.doorbell().readAcquire() > before);
    await().until(() -> observed.told.stream().anyMatch(told -> told.startsWith("changed to 7")));
    assertThat(observed.told).contains("changed to 7, served " + before);
  }

  /** The same, when this server has committed it, and the watch has yet to report the floor. */
  @Test
  void commitOfThisServer_floorBeforeItIsNotReportedYet_isReadBeforeItIsServed() throws Exception {
    EtcdStore store = open(observed);
    observed.served = () -> store.doorbell().readAcquire();
    long before = observed.served.get();
    etcd.lose(revision -> true);
    etcd.put(FLOOR, bytes("7"));
    AcceptedState unused = Drafts.set(store, Drafts.section("alpha", "a"));
    assertThat(store.doorbell().readAcquire()).isGreaterThan(before);
    assertThat(observed.told).last().isEqualTo("loaded [7], served " + before);
  }

  @Test
  void mode_isThatOfTheState_withTheRevisionOfItsKey() throws Exception {
    EtcdStore store = open(observed);
    AcceptedState unused =
        Drafts.set(store, "datastore: alpha\n\tmaintenance-mode read-only\n\tpath /srv/alpha\n");
    StoredMode mode = store.mode(ALPHA).orElseThrow();
    assertThat(mode.mode()).isEqualTo(MaintenanceMode.READ_ONLY);
    assertThat(mode.key()).isEqualTo(KEYS.datastore(ALPHA));
    assertThat(mode.modified()).isEqualTo(etcd.revision());
    AcceptedState after =
        Drafts.set(store, "datastore: alpha\n\tmaintenance-mode offline\n\tpath /srv/alpha\n");
    StoredMode next = store.mode(ALPHA).orElseThrow();
    assertThat(next.since()).isEqualTo(after.revision());
    assertThat(next.modified()).isEqualTo(etcd.revision());
    assertThat(store.mode(DatastoreName.of("beta"))).isEmpty();
  }
}
