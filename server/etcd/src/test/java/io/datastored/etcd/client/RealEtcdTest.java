package io.datastored.etcd.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.datastored.etcd.client.EtcdException.Kind;
import io.datastored.etcd.testkit.EtcdCluster;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The client at one real member: what etcd does with what it sends. */
@Tag("etcd")
final class RealEtcdTest {

  private static final AtomicInteger TESTS = new AtomicInteger();

  @TempDir static Path directory;
  private static EtcdCluster cluster;
  private static EtcdClient client;

  private final RecordedWatch told = new RecordedWatch();
  private String prefix;

  @BeforeAll
  static void start() throws Exception {
    cluster = EtcdCluster.start(directory, 1, "--max-request-bytes=4000000");
    client =
        EtcdClient.open(
            EtcdOptions.builder()
                .endpoints(cluster.targets())
                .requestTimeout(Duration.ofSeconds(20))
                .build());
  }

  @AfterAll
  static void stop() throws Exception {
    client.close();
    cluster.close();
  }

  @BeforeEach
  void choosePrefix() {
    prefix = "/test" + TESTS.incrementAndGet() + "/";
  }

  private String key(String name) {
    return prefix + name;
  }

  private long put(String name, String value) throws EtcdException {
    return client.commit(Txn.when().then(Op.put(key(name), value))).revision();
  }

  private static boolean holds(Compare compare) throws EtcdException {
    return client.commit(Txn.when(compare)).succeeded();
  }

  private static Kind kindOf(ThrowingCallable call) {
    return catchThrowableOfType(EtcdException.class, call).kind();
  }

  @Test
  void compares_ofAKeyThatIsThere() throws Exception {
    long created = put("a", "1");
    long changed = put("a", "2");
    assertThat(holds(Compare.createEquals(key("a"), created))).isTrue();
    assertThat(holds(Compare.createEquals(key("a"), changed))).isFalse();
    assertThat(holds(Compare.modEquals(key("a"), changed))).isTrue();
    assertThat(holds(Compare.modEquals(key("a"), created))).isFalse();
    assertThat(holds(Compare.present(key("a")))).isTrue();
    assertThat(holds(Compare.absent(key("a")))).isFalse();
    assertThat(holds(Compare.valueEquals(key("a"), ByteString.copyFromUtf8("2")))).isTrue();
    assertThat(holds(Compare.valueEquals(key("a"), ByteString.copyFromUtf8("1")))).isFalse();
  }

  @Test
  void compares_ofAKeyThatIsNotThere_takeItsRevisionsAsZero() throws Exception {
    assertThat(holds(Compare.modEquals(key("a"), 0))).isTrue();
    assertThat(holds(Compare.createEquals(key("a"), 0))).isTrue();
    assertThat(holds(Compare.absent(key("a")))).isTrue();
    assertThat(holds(Compare.present(key("a")))).isFalse();
    assertThat(holds(Compare.valueEquals(key("a"), ByteString.EMPTY))).isFalse();
  }

  @Test
  void compares_ofARange_holdForEachOfItsKeys_andForNone() throws Exception {
    KeyRange range = KeyRange.prefix(prefix);
    assertThat(holds(Compare.absent(range))).isTrue();
    assertThat(holds(Compare.createAtMost(range, 1))).isTrue();
    long first = put("a", "1");
    long second = put("b", "1");
    assertThat(holds(Compare.absent(range))).isFalse();
    assertThat(holds(Compare.createAtMost(range, second))).isTrue();
    assertThat(holds(Compare.createAtMost(range, first))).isFalse();
    long third = put("a", "2");
    assertThat(holds(Compare.createAtMost(range, second))).isTrue();
    assertThat(holds(Compare.modAtMost(range, third))).isTrue();
    assertThat(holds(Compare.modAtMost(range, second))).isFalse();
  }

  @Test
  void txn_isOneRevision_andAnswersItsQueries_fromTheListThatWasDone() throws Exception {
    TxnResult done =
        client.commit(
            Txn.when(Compare.absent(key("a")))
                .then(
                    Op.put(key("a"), "1"),
                    Op.put(key("b"), "2"),
                    Op.get(RangeQuery.prefix(prefix))));
    assertThat(done.succeeded()).isTrue();
    assertThat(done.ranges().get(0).keyValues())
        .extracting(KeyValue::modRevision)
        .containsExactly(done.revision(), done.revision());
    TxnResult refused =
        client.commit(
            Txn.when(Compare.absent(key("a")))
                .then(Op.delete(KeyRange.prefix(prefix)))
                .otherwise(Op.get(RangeQuery.of(key("b")))));
    assertThat(refused.succeeded()).isFalse();
    assertThat(refused.revision()).isEqualTo(done.revision());
    assertThat(refused.ranges().get(0).first().map(KeyValue::text)).contains("2");
  }

  @Test
  void pulse_leavesNoTrace() throws Exception {
    long created = put("here", "1");
    Txn pulse =
        Txn.when(Compare.createEquals(key("here"), created))
            .then(Op.delete(key("nothing")), Op.get(RangeQuery.of(key("here"))))
            .repeatable();
    TxnResult answered = client.commit(pulse);
    assertThat(answered.succeeded()).isTrue();
    assertThat(answered.revision()).isEqualTo(created);
    assertThat(answered.ranges().get(0).first()).isPresent();
  }

  @Test
  void pages_areOfOneRevision_whateverHappensBetweenThem() throws Exception {
    for (int i = 0; i < 5; i++) {
      put("k" + i, "old");
    }
    List<String> read = new ArrayList<>();
    Optional<RangeQuery> query = Optional.of(RangeQuery.prefix(prefix).limit(2));
    while (query.isPresent()) {
      Range page = client.range(query.get());
      page.keyValues().forEach(found -> read.add(found.text()));
      query = query.get().after(page);
      client.commit(Txn.when().then(Op.put(key("k4"), "new"), Op.delete(key("k3"))));
    }
    assertThat(read).containsExactly("old", "old", "old", "old", "old");
    Range count = client.range(RangeQuery.prefix(prefix).countOnly());
    assertThat(count.count()).isEqualTo(4);
    assertThat(count.keyValues()).isEmpty();
    assertThat(client.range(RangeQuery.of(key("k0")).keysOnly().serializable()).first())
        .hasValueSatisfying(found -> assertThat(found.value().isEmpty()).isTrue());
  }

  @Test
  void watch_deliversWhatHasHappenedSinceItsRevision_andWhatFollows() throws Exception {
    long first = put("a", "1");
    long second =
        client.commit(Txn.when().then(Op.delete(key("a")), Op.put(key("b"), "1"))).revision();
    try (EtcdWatch watch = client.watch(new WatchQuery(KeyRange.prefix(prefix), first), told)) {
      assertThat(told.next()).isEqualTo(first + " PUT " + key("a"));
      assertThat(told.next()).isEqualTo(second + " DELETE " + key("a") + " PUT " + key("b"));
      long third = put("c", "1");
      assertThat(told.next()).isEqualTo(third + " PUT " + key("c"));
      watch.requestProgress();
      assertThat(told.next()).startsWith("progress ");
    }
  }

  /** More than etcd puts into one response: 2 MiB. */
  @Test
  void watch_ofALargeRevision_deliversItWhole() throws Exception {
    ByteString large = ByteString.copyFrom(new byte[900_000]);
    List<Op> puts = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      puts.add(Op.put(key("k" + i), large));
    }
    long revision = client.commit(Txn.when().then(puts)).revision();
    try (EtcdWatch watch = client.watch(new WatchQuery(KeyRange.prefix(prefix), revision), told)) {
      assertThat(told.next().split(" PUT ")).hasSize(5).startsWith(String.valueOf(revision));
      assertThat(watch.isOpen()).isTrue();
    }
  }

  @Test
  void revision_thatIsCompacted_isRefused_byRangesAndWatches() throws Exception {
    long first = put("a", "1");
    long last = put("a", "2");
    cluster.compact(last);
    assertThat(kindOf(() -> client.range(RangeQuery.of(key("a")).at(first))))
        .isEqualTo(Kind.COMPACTED);
    EtcdWatch watch = client.watch(new WatchQuery(KeyRange.prefix(prefix), first), told);
    assertThat(told.next()).isEqualTo("COMPACTED");
    assertThat(watch.isOpen()).isFalse();
    assertThat(kindOf(() -> client.range(RangeQuery.of(key("a")).at(last + 1000))))
        .isEqualTo(Kind.COMPACTED);
  }

  @Test
  void lease_endsItsKeys_ifItIsNotKeptAlive() throws Exception {
    EtcdLease lease = client.grant(Duration.ofSeconds(1));
    long created =
        client
            .commit(Txn.when().then(Op.put(key("here"), ByteString.EMPTY, lease.id())))
            .revision();
    assertThat(lease.keepAlive()).isTrue();
    assertThat(lease.ask()).isPresent();
    client.watch(new WatchQuery(KeyRange.of(key("here")), created + 1), told);
    assertThat(told.next()).endsWith(" DELETE " + key("here"));
    assertThat(lease.remaining()).isEqualTo(Duration.ZERO);
    await().until(() -> !lease.keepAlive());
    assertThat(lease.ask()).isEmpty();
    assertThat(
            kindOf(
                () ->
                    client.commit(
                        Txn.when().then(Op.put(key("here"), ByteString.EMPTY, lease.id())))))
        .isEqualTo(Kind.LEASE_ENDED);
  }

  @Test
  void lease_thatIsRevoked_endsItsKeys_andMayBeRevokedAgain() throws Exception {
    EtcdLease lease = client.grant(Duration.ofSeconds(60));
    client.commit(Txn.when().then(Op.put(key("here"), ByteString.EMPTY, lease.id())));
    assertThat(client.range(RangeQuery.of(key("here"))).first().orElseThrow().lease())
        .isEqualTo(lease.id());
    lease.revoke();
    lease.revoke();
    assertThat(client.range(RangeQuery.of(key("here"))).first()).isEmpty();
    assertThat(lease.keepAlive()).isFalse();
  }

  @Test
  void etcdWithoutSpace_refusesWrites_andAnswersReadsAndPulses() throws Exception {
    put("a", "1");
    cluster.raiseNoSpace();
    try {
      assertThat(kindOf(() -> put("a", "2"))).isEqualTo(Kind.FULL);
      assertThat(client.range(RangeQuery.of(key("a"))).first().map(KeyValue::text)).contains("1");
      Txn pulse = Txn.when(Compare.present(key("a"))).then(Op.delete(key("none"))).repeatable();
      assertThat(client.commit(pulse).succeeded()).isTrue();
      assertThat(client.status(0).errors()).isNotEmpty();
    } finally {
      cluster.disarm();
    }
  }

  @Test
  void txn_thatIsTooLarge_isRefused() {
    List<Op> many = new ArrayList<>();
    for (int i = 0; i < 129; i++) {
      many.add(Op.put(key("k" + i), "1"));
    }
    assertThat(kindOf(() -> client.commit(Txn.when().then(many)))).isEqualTo(Kind.TOO_LARGE);
    ByteString large = ByteString.copyFrom(new byte[4_100_000]);
    assertThat(kindOf(() -> client.commit(Txn.when().then(Op.put(key("a"), large)))))
        .isEqualTo(Kind.TOO_LARGE);
    ByteString larger = ByteString.copyFrom(new byte[5_000_000]);
    assertThat(kindOf(() -> client.commit(Txn.when().then(Op.put(key("a"), larger)))))
        .isEqualTo(Kind.TOO_LARGE);
    assertThat(
            kindOf(
                () -> client.commit(Txn.when().then(Op.put(key("a"), "1"), Op.put(key("a"), "2")))))
        .isEqualTo(Kind.BUG);
  }

  @Test
  void status_isThatOfTheMember() throws Exception {
    MemberStatus status = client.status(0);
    assertThat(status.version()).startsWith("3.");
    assertThat(status.leader()).isEqualTo(status.member()).isNotZero();
    assertThat(status.bytes()).isPositive();
  }
}
