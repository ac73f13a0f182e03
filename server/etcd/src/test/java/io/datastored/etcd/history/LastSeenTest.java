package io.datastored.etcd.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.datastored.etcd.client.KeyRange;
import io.datastored.etcd.history.KeyValues.Change;
import io.datastored.etcd.history.KeyValues.Condition;
import io.datastored.etcd.history.RestoredHistory.Besides;
import io.datastored.file.BreakableDisk;
import io.datastored.file.BreakableDisk.Step;
import io.datastored.file.StoreException;
import io.datastored.history.AcceptedState;
import io.datastored.history.Generation;
import io.datastored.history.Incarnation;
import io.datastored.history.Revision;
import io.datastored.history.Store.Look;
import io.datastored.history.Store.Seen;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Servers that start again after etcd was set back while they were away. */
final class LastSeenTest {

  private static final Besides NOTHING = new Besides(List.of(), List.of());

  private static final String ONE = Drafts.section("main", "one");
  private static final String TWO = Drafts.section("main", "two");

  @TempDir private Path directory;

  private final EtcdStores stores = EtcdStores.create();
  private final MemoryEtcd etcd = stores.etcd();
  private final BreakableDisk disk = new BreakableDisk();
  private final List<EtcdStore> opened = new ArrayList<>();

  private EtcdStore open() throws StoreException {
    return open(etcd.connect());
  }

  private EtcdStore open(KeyValues connection) throws StoreException {
    EtcdStore store =
        EtcdStore.open(connection, EtcdStores.options(), LastSeen.in(directory, disk));
    opened.add(store);
    return store;
  }

  @AfterEach
  void close() {
    opened.forEach(EtcdStore::close);
  }

  private HeadText remembered() throws Exception {
    return HeadText.read(Files.readAllBytes(directory.resolve(LastSeen.NAME)));
  }

  private static AcceptedState served(EtcdStore store) {
    try {
      return Drafts.look(store).state();
    } catch (StoreException e) {
      throw new AssertionError(e);
    }
  }

  private void assertRefused() {
    assertThatThrownBy(this::open)
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("a fork")
        .hasMessageContaining("restored from a backup");
  }

  /** Two commits; the revision between them. */
  private long serveOneThenTwo() throws StoreException {
    try (EtcdStore store = open()) {
      Drafts.set(store, ONE);
      long backup = etcd.revision();
      Drafts.set(store, TWO);
      return backup;
    }
  }

  @Test
  void open_again_goesOn() throws Exception {
    try (EtcdStore store = open()) {
      Drafts.set(store, ONE);
    }
    try (EtcdStore store = open()) {
      Drafts.set(store, TWO);
    }
    assertThat(Drafts.text(Drafts.look(open()))).isEqualTo(TWO);
  }

  @Test
  void open_afterEtcdWasSetBack_isRefused() throws Exception {
    long backup = serveOneThenTwo();
    etcd.restore(backup);
    assertRefused();
    assertThat(remembered().revision().generation().value())
        .as("a refused start forgets nothing")
        .isEqualTo(2);
  }

  @Test
  void open_afterABackupFromBeforeTheAcceptedHistory_isRefused() throws Exception {
    long backup = serveOneThenTwo();
    etcd.restore(backup);
    var restored = new RestoredHistory(etcd.connect(), EtcdStores.KEYS, new Random(7));
    Revision unused = restored.accept(restored.look(), NOTHING);
    try (EtcdStore accepted = open()) {
      Drafts.set(accepted, TWO);
    }
    try (EtcdStore again = open()) {
      assertThat(Drafts.text(Drafts.look(again))).isEqualTo(TWO);
    }
    etcd.restore(backup);
    assertRefused();
  }

  @Test
  void open_afterEtcdWasSetBackAndHasGoneOn_isRefused() throws Exception {
    long backup = serveOneThenTwo();
    etcd.restore(backup);
    try (EtcdStore elsewhere = stores.open()) {
      Drafts.set(elsewhere, "# same number\n" + TWO);
      assertRefused();
      Drafts.set(elsewhere, "# and further\n" + ONE);
    }
    assertRefused();
  }

  @Test
  void commitOfAnother_isRememberedBeforeItIsServed() throws Exception {
    EtcdStore follower = open();
    AcceptedState before = served(follower);
    List<AcceptedState> servedMeanwhile = new CopyOnWriteArrayList<>();
    disk.before(Step.RENAME, () -> servedMeanwhile.add(served(follower)));
    try (EtcdStore writer = stores.open()) {
      AcceptedState state = Drafts.set(writer, ONE);
      await().until(() -> served(follower).equals(state));
      assertThat(remembered().revision()).isEqualTo(state.revision());
    }
    assertThat(servedMeanwhile).containsExactly(before);
  }

  @Test
  void open_anotherHistory_isFollowed() throws Exception {
    try (EtcdStore store = open()) {
      Drafts.set(store, ONE);
      Drafts.set(store, TWO);
    }
    etcd.wipe(EtcdStores.KEYS.prefix());
    var begun = AcceptedState.empty(new Incarnation("fedcba9876543210"), Optional.empty());
    new NewHistory(etcd.connect(), EtcdStores.KEYS, new Random(2))
        .write(begun, Drafts.content(ONE));
    assertThat(open().initial().revision()).isEqualTo(begun.revision());
    assertThat(remembered().revision()).isEqualTo(begun.revision());
  }

  @Test
  void open_oneReadFromThePast_isNoFork() throws Exception {
    long past;
    try (EtcdStore store = open()) {
      Drafts.set(store, ONE);
      past = etcd.revision();
      Drafts.set(store, TWO);
    }
    var heads = new AtomicInteger();
    EtcdStore store =
        open(
            new ForwardingKeyValues(etcd.connect()) {
              @Override
              public Page range(KeyRange range, long revision, int limit)
                  throws KeyValuesException {
                boolean stale = revision == 0 && heads.getAndIncrement() == 0;
                return super.range(range, stale ? past : revision, limit);
              }
            });
    assertThat(Drafts.text(Drafts.look(store))).isEqualTo(TWO);
  }

  @Test
  void open_aDamagedFile_isRefused() throws Exception {
    Files.writeString(directory.resolve(LastSeen.NAME), "incarnation 0123456789abcdef\n");
    assertThatThrownBy(this::open)
        .isInstanceOf(StoreException.class)
        .hasMessageContaining(LastSeen.NAME)
        .hasMessageContaining("before")
        .hasMessageContaining("remove the file");
  }

  @Test
  void remember_fullDisk_isTold_andHoldsNothingUp() throws Exception {
    LastSeen lastSeen = LastSeen.in(directory, disk);
    EtcdStore store = EtcdStore.open(etcd.connect(), EtcdStores.options(), lastSeen);
    opened.add(store);
    assertThat(lastSeen.failure()).isEmpty();
    disk.fill();
    Drafts.set(store, ONE);
    assertThat(Drafts.text(Drafts.look(store))).isEqualTo(ONE);
    assertThat(lastSeen.failure().orElseThrow()).contains(LastSeen.NAME);
    disk.heal();
    AcceptedState state = Drafts.set(store, TWO);
    assertThat(lastSeen.failure()).isEmpty();
    assertThat(remembered().revision()).isEqualTo(state.revision());
  }

  @Test
  void restoredHistory_accepted_goesOnInAnotherIncarnation() throws Exception {
    long backup;
    AcceptedState kept;
    try (EtcdStore store = open()) {
      kept = Drafts.set(store, "# comment\n\n" + ONE);
      backup = etcd.revision();
      Drafts.set(store, TWO);
    }
    EtcdStore running = stores.open();
    etcd.restore(backup);
    // By hand, after the restore and before it was accepted.
    stores.edit("# comment\n\n" + TWO);
    assertRefused();

    var restored = new RestoredHistory(etcd.connect(), EtcdStores.KEYS, new Random(3));
    assertThat(restored.look()).isEqualTo(kept.revision());
    Revision accepted =
        restored.accept(
            restored.look(),
            new Besides(
                List.of(new Condition(EtcdStores.KEYS.tokens(), 0)),
                List.of(new Change(EtcdStores.KEYS.tokens(), Optional.of(new byte[] {'7'})))));

    assertThat(etcd.keys(EtcdStores.KEYS.prefix())).contains(EtcdStores.KEYS.prefix() + "tokens");
    assertThat(accepted.generation()).isEqualTo(kept.generation());
    assertThat(accepted.sameHistory(kept.revision())).isFalse();
    EtcdStore store = open();
    Seen seen = Drafts.look(store);
    assertThat(seen.state().revision()).isEqualTo(accepted);
    assertThat(seen.state().datastores()).isEqualTo(kept.datastores());
    assertThat(seen.fits()).as("the edit by hand is still to be accepted").isFalse();
    assertThat(Drafts.text(seen)).isEqualTo("# comment\n\n" + TWO);
    assertThat(Drafts.set(store, ONE).generation())
        .as("one for the edit, and one for the change")
        .isEqualTo(new Generation(kept.generation().value() + 2));
    assertThatThrownBy(() -> running.look(running.initial(), Look.INSIDE))
        .as("a server that has run through must be started again")
        .hasMessageContaining("a fork");
    running.close();
  }

  @Test
  void restoredHistory_thatHasGoneOnSince_isNotAccepted() throws Exception {
    var restored = new RestoredHistory(etcd.connect(), EtcdStores.KEYS, new Random(3));
    Revision seen = restored.look();
    try (EtcdStore store = stores.open()) {
      AcceptedState state = Drafts.set(store, ONE);
      assertThatThrownBy(() -> restored.accept(seen, NOTHING))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("something was written there since");
      assertThat(restored.look()).isEqualTo(state.revision());
    }
  }

  /** A server that has not noticed yet reserves tokens. */
  @Test
  void restoredHistory_whoseOtherKeysHaveChanged_isNotAccepted() throws Exception {
    var restored = new RestoredHistory(etcd.connect(), EtcdStores.KEYS, new Random(3));
    Revision seen = restored.look();
    var besides =
        new Besides(List.of(new Condition(EtcdStores.KEYS.tokens(), 1_000_000)), List.of());
    assertThatThrownBy(() -> restored.accept(seen, besides))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("something was written there since");
    assertThat(restored.look()).isEqualTo(seen);
  }

  @Test
  void restoredHistory_withoutAHead_isNone() {
    etcd.wipe(EtcdStores.KEYS.prefix());
    assertThatThrownBy(new RestoredHistory(etcd.connect(), EtcdStores.KEYS, new Random(3))::look)
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("no history");
  }
}
