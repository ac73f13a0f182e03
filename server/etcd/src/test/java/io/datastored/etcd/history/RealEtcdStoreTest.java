package io.datastored.etcd.history;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.datastored.config.DatastoreName;
import io.datastored.etcd.client.EtcdClient;
import io.datastored.etcd.client.EtcdOptions;
import io.datastored.etcd.client.KeyRange;
import io.datastored.etcd.client.Op;
import io.datastored.etcd.client.Txn;
import io.datastored.etcd.history.KeyValues.Change;
import io.datastored.etcd.history.KeyValues.Entry;
import io.datastored.etcd.proto.Rpc;
import io.datastored.etcd.testkit.EtcdCluster;
import io.datastored.file.StoreException;
import io.datastored.history.AcceptedState;
import io.datastored.history.ConfigContent;
import io.datastored.history.Store;
import io.datastored.history.Store.Look;
import io.datastored.history.Store.Outcome;
import io.datastored.history.Store.Seen;
import io.datastored.history.StoreContract;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stores on one member of a real etcd, each history with a prefix of its own. */
@Tag("etcd")
final class RealEtcdStoreTest {

  private static final String ONE = Drafts.section("main", "one");
  private static final String TWO = Drafts.section("main", "two");

  private static final AtomicInteger HISTORIES = new AtomicInteger();

  private static EtcdCluster cluster;

  @BeforeAll
  static void start(@TempDir Path directory) throws Exception {
    cluster = EtcdCluster.start(directory, 1);
  }

  @AfterAll
  static void stop() throws Exception {
    cluster.close();
  }

  private static KeyValues connect() {
    try {
      return new EtcdKeyValues(
          EtcdClient.open(EtcdOptions.builder().endpoints(cluster.targets()).build()));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Keys create() {
    Keys keys = new Keys("/datastored/history-" + HISTORIES.incrementAndGet() + "/");
    try (KeyValues etcd = connect()) {
      new NewHistory(etcd, keys, new Random())
          .write(
              AcceptedState.empty(EtcdStores.INCARNATION, Optional.empty()), ConfigContent.MISSING);
    } catch (StoreException e) {
      throw new AssertionError(e);
    }
    return keys;
  }

  private static EtcdStore open(Keys keys) {
    try {
      return EtcdStore.open(connect(), EtcdStores.options(keys));
    } catch (StoreException e) {
      throw new AssertionError(e);
    }
  }

  private static void change(List<Change> changes) throws KeyValuesException {
    try (KeyValues etcd = connect()) {
      assertThat(etcd.commit(List.of(), changes).done()).isTrue();
    }
  }

  private static List<String> sections(Keys keys) throws KeyValuesException {
    try (KeyValues etcd = connect()) {
      return etcd.range(KeyRange.prefix(keys.datastores()), 0, 1_000).entries().stream()
          .map(Entry::key)
          .toList();
    }
  }

  @Nested
  final class Contract extends StoreContract {

    private final Keys keys = create();
    private final EtcdStore store = RealEtcdStoreTest.open(keys);

    @Override
    protected Store store() {
      return store;
    }

    @Override
    protected void edit(String config) throws Exception {
      change(EtcdStores.edit(keys, config, sections(keys)));
    }

    @Override
    protected void remove() throws Exception {
      change(EtcdStores.removal(keys, sections(keys)));
    }

    @Override
    protected void loseState() throws Exception {
      change(List.of(new Change(keys.head(), Optional.empty())));
    }

    @Override
    @Test
    protected void look_stateLost_goesOnFromTheKnownOne_whichCanBeCommittedAgain()
        throws Exception {
      begin();
      persist(ONE);
      loseState();
      assertThatThrownBy(() -> look(Look.INSIDE)).hasMessageContaining("fork");
    }
  }

  @Test
  void commit_isFollowedByAnother_andAnEditByEtcdctlIsSeen() throws Exception {
    Keys keys = create();
    try (EtcdStore writer = open(keys);
        EtcdStore follower = open(keys)) {
      AcceptedState state = Drafts.set(writer, ONE);
      await().untilAsserted(() -> assertThat(Drafts.look(follower).state()).isEqualTo(state));
      cluster.ctl().ask("put", keys.datastore(DatastoreName.of("main")), TWO.strip());
      await().until(() -> !Drafts.look(follower).fits());
      Seen seen = Drafts.look(follower);
      assertThat(follower.commit(seen, Drafts.acceptingEdit(seen))).isEqualTo(Outcome.COMMITTED);
      await().until(() -> Drafts.text(Drafts.look(writer)).equals(TWO.strip()));
      assertThat(Drafts.look(writer).fits()).isTrue();
      assertThat(follower.reloads()).isZero();
    }
  }

  @Test
  void etcd_killedAndCompacted_isFollowedAgain() throws Exception {
    Keys keys = create();
    try (EtcdStore follower = open(keys)) {
      try (EtcdStore writer = open(keys)) {
        Drafts.set(writer, ONE);
      }
      await().until(() -> Drafts.look(follower).state().generation().value() == 1);
      cluster.members().get(0).kill();
      cluster.members().get(0).restart();
      cluster.awaitHealthy();
      AcceptedState state;
      try (EtcdStore writer = open(keys)) {
        state = Drafts.set(writer, TWO);
      }
      cluster.compact(cluster.revision());
      await().untilAsserted(() -> assertThat(Drafts.look(follower).state()).isEqualTo(state));
      assertThat(follower.look(state, Look.INSIDE).fits()).isTrue();
    }
  }

  @Test
  void newHistory_ofALargeConfiguration_isReadByteForByte() throws Exception {
    Keys keys = new Keys("/datastored/large/");
    StringBuilder text = new StringBuilder("# head\n");
    for (int i = 0; i < 1_000; i++) {
      text.append(Drafts.section("name-" + i, "new"));
    }
    ConfigContent content = Drafts.content(text.toString());
    AcceptedState state =
        Drafts.accepting(AcceptedState.empty(EtcdStores.INCARNATION, Optional.empty()), content);
    try (KeyValues etcd = connect()) {
      new NewHistory(etcd, keys, new Random()).write(state, content);
    }
    try (EtcdStore store = open(keys)) {
      Seen seen = Drafts.look(store);
      assertThat(seen.state()).isEqualTo(state);
      assertThat(seen.content().bytes()).asString(UTF_8).isEqualTo(text.toString());
    }
  }

  private static KeyValues connect(EtcdOptions.Builder options) throws IOException {
    return new EtcdKeyValues(EtcdClient.open(options.endpoints(cluster.targets()).build()));
  }

  @Test
  void probe_withoutSpace_fails_andWritesNothing() throws Exception {
    Keys keys = create();
    try (EtcdStore store = open(keys)) {
      AcceptedState state = Drafts.set(store, ONE);
      long revision = cluster.revision();
      store.probe(state);
      cluster.raiseNoSpace();
      try {
        assertThatThrownBy(() -> store.probe(state))
            .isInstanceOfSatisfying(
                StoreException.class,
                e -> assertThat(e.reason()).isEqualTo(StoreException.Reason.DISK_FULL));
      } finally {
        cluster.disarm();
      }
      store.probe(state);
      assertThat(cluster.revision()).isEqualTo(revision);
    }
  }

  @Test
  void probe_byAUserThatMayOnlyRead_fails() throws Exception {
    Keys keys = create();
    cluster.ctl().ask("user", "add", "root:secret");
    cluster.ctl().ask("user", "grant-role", "root", "root");
    cluster.ctl().ask("role", "add", "reader");
    cluster.ctl().ask("role", "grant-permission", "reader", "read", keys.prefix(), "--prefix");
    cluster.ctl().ask("user", "add", "reader:secret");
    cluster.ctl().ask("user", "grant-role", "reader", "reader");
    cluster.ctl().ask("auth", "enable");
    try (EtcdStore store =
        EtcdStore.open(
            connect(EtcdOptions.builder().login("reader", "secret")), EtcdStores.options(keys))) {
      assertThatThrownBy(() -> store.probe(store.initial()))
          .isInstanceOfSatisfying(
              StoreException.class,
              e -> assertThat(e.reason()).isEqualTo(StoreException.Reason.PERMISSION));
    } finally {
      cluster.ctl().ask("--user", "root:secret", "auth", "disable");
    }
  }

  /** A page that ends with such a key must not be read again and again. */
  @Test
  void keysThatAreNotUtf8_areSkipped() throws Exception {
    Keys keys = create();
    try (EtcdStore writer = open(keys)) {
      AcceptedState state = Drafts.set(writer, ONE);
      ByteString folder = ByteString.copyFromUtf8(keys.datastores());
      try (EtcdClient client =
          EtcdClient.open(EtcdOptions.builder().endpoints(cluster.targets()).build())) {
        for (int i = 0; i < 7; i++) {
          ByteString key = folder.concat(ByteString.copyFrom(new byte[] {(byte) 0xfe, (byte) i}));
          Rpc.PutRequest put = Rpc.PutRequest.newBuilder().setKey(key).build();
          client.commit(
              Txn.when().then(new Op(Rpc.RequestOp.newBuilder().setRequestPut(put).build())));
        }
      }
      try (EtcdStore reader = open(keys)) {
        assertThat(Drafts.look(reader).state()).isEqualTo(state);
        assertThat(Drafts.look(reader).fits()).isTrue();
      }
    }
  }

  @Test
  void edit_compactedSince_andHeadWrittenAgain_isFoundAllTheSame() throws Exception {
    Keys keys = create();
    AcceptedState before;
    try (EtcdStore store = open(keys)) {
      before = Drafts.set(store, ONE);
    }
    cluster.ctl().ask("put", keys.datastore(DatastoreName.of("main")), TWO);
    cluster
        .ctl()
        .ask("put", keys.head(), cluster.ctl().ask("get", keys.head(), "--print-value-only"));
    cluster.compact(cluster.revision());
    try (EtcdStore store = open(keys)) {
      Seen seen = Drafts.look(store);
      assertThat(seen.fits()).isFalse();
      assertThat(store.commit(seen, Drafts.acceptingEdit(seen))).isEqualTo(Outcome.COMMITTED);
      assertThat(Drafts.look(store).state().generation()).isEqualTo(before.generation().next());
    }
  }
}
