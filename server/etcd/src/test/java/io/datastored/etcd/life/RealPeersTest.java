package io.datastored.etcd.life;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.common.base.Ticker;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.datastored.config.DatastoreName;
import io.datastored.config.MaintenanceMode;
import io.datastored.etcd.client.EtcdClient;
import io.datastored.etcd.client.EtcdOptions;
import io.datastored.etcd.client.RangeQuery;
import io.datastored.etcd.history.Drafts;
import io.datastored.etcd.history.EtcdKeyValues;
import io.datastored.etcd.history.EtcdStore;
import io.datastored.etcd.history.EtcdStoreOptions;
import io.datastored.etcd.history.HeadComparison;
import io.datastored.etcd.history.Keys;
import io.datastored.etcd.history.LastSeen;
import io.datastored.etcd.history.NewHistory;
import io.datastored.etcd.history.StoredMode;
import io.datastored.etcd.testkit.EtcdCluster;
import io.datastored.file.StoreException;
import io.datastored.history.AcceptedState;
import io.datastored.history.ConfigContent;
import io.datastored.history.EditDebounce;
import io.datastored.history.Incarnation;
import io.datastored.history.Revision;
import io.datastored.history.Store.Look;
import io.datastored.operation.Operation;
import io.datastored.operation.OperationCounts;
import io.datastored.promise.AwaitedReplica;
import io.datastored.promise.ClockSlack;
import io.datastored.promise.FencingToken;
import io.datastored.promise.FencingTokens;
import io.datastored.promise.LifeId;
import io.datastored.promise.SealingPeers;
import io.datastored.promise.SealingPeers.TakeOver;
import io.datastored.promise.Work;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three servers at three members of a real etcd, with a history and a watch each: drains, leases
 * that move, and one that is killed.
 */
@Tag("etcd")
final class RealPeersTest {

  private static final DatastoreName ALPHA = DatastoreName.of("alpha");
  private static final Duration AUTHORITY = Duration.ofSeconds(3);
  private static final Duration TTL = Duration.ofSeconds(1);

  /** The authority and the ttl, 1 % of both, and twice 500 ms. */
  private static final Duration WAIT = Duration.ofMillis(5_040);

  private static final AtomicInteger TESTS = new AtomicInteger();

  @TempDir static Path directory;
  private static EtcdCluster cluster;

  private final String prefix = "/datastored/peers-" + TESTS.incrementAndGet() + "/";
  private final LifeKeys keys = new LifeKeys(new Keys(prefix));
  private final List<AutoCloseable> open = new CopyOnWriteArrayList<>();
  private Replica a;
  private Replica b;
  private Replica c;

  @BeforeAll
  static void startCluster() throws Exception {
    cluster = EtcdCluster.start(directory, 3);
  }

  @AfterAll
  static void stopCluster() throws Exception {
    cluster.close();
  }

  @BeforeEach
  void start() throws Exception {
    new NewHistory(new EtcdKeyValues(client()), new Keys(prefix), new Random())
        .write(
            AcceptedState.empty(new Incarnation("0123456789abcdef"), Optional.empty()),
            ConfigContent.MISSING,
            new NewHistory.Inheritance(OptionalLong.of(1), List.of()));
    a = new Replica("a");
    set(MaintenanceMode.NONE);
    b = new Replica("b");
    c = new Replica("c");
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  private EtcdClient client() throws Exception {
    EtcdClient client =
        EtcdClient.open(
            EtcdOptions.builder()
                .endpoints(cluster.targets())
                .requestTimeout(Duration.ofMillis(500))
                .build());
    open.add(client);
    return client;
  }

  /** Commits a mode at the first server. */
  private Revision set(MaintenanceMode mode) throws StoreException {
    String word = mode == MaintenanceMode.NONE ? "" : "\tmaintenance-mode " + mode.word() + "\n";
    return Drafts.set(a.store, "datastore: alpha\n" + word + "\tpath /srv/alpha\n").revision();
  }

  /** One server. It counts leases for WRITE on alpha, and nothing else. */
  private final class Replica implements LifeListener {

    final AtomicInteger leases = new AtomicInteger();
    final List<DatastoreName> floors = new CopyOnWriteArrayList<>();
    final ExecutorService background = Executors.newCachedThreadPool();
    final ExecutorService acknowledging = Executors.newSingleThreadExecutor();
    final PeerFollower follower = new PeerFollower(keys, floors::add);
    final EtcdStore store;
    final Life life;
    final EtcdPromiseBook book;
    final FencingTokens tokens;
    final EtcdPeers peers;
    final LifeId id;

    Replica(String name) throws Exception {
      EtcdClient client = client();
      store =
          EtcdStore.open(
              new EtcdKeyValues(client()),
              EtcdStoreOptions.defaults(
                  new Keys(prefix),
                  EditDebounce.piecemeal(Duration.ZERO, Duration.ZERO, Ticker.systemTicker()),
                  new Random()),
              LastSeen.none(),
              follower);
      LifeOptions options =
          new LifeOptions(
              keys,
              name,
              "1.0",
              "",
              AUTHORITY,
              AUTHORITY.dividedBy(4),
              Duration.ofMillis(50),
              3,
              ClockSlack.DEFAULT);
      life =
          new Life(
              client,
              options,
              Ticker.systemTicker(),
              InstantSource.system(),
              new Random(),
              this,
              follower::isAsked);
      open.add(0, store);
      open.add(0, background::shutdownNow);
      open.add(0, acknowledging::shutdownNow);
      open.add(0, life);
      life.start();
      await().until(() -> life.authority().holds());
      id = life.authority().life().orElseThrow();
      book = EtcdPromiseBook.open(client, keys, life, follower, new Random());
      tokens = new FencingTokens(book, 100, background);
      peers = new EtcdPeers(client, options, life, follower, book, store::mode, background);
      book.promise(TTL);
      open.add(0, store.watch(() -> acknowledging.execute(this::acknowledge))::close);
      acknowledging.execute(this::acknowledge);
    }

    private void acknowledge() {
      try {
        life.acknowledge(served());
      } catch (StoreException e) {
        // The next beat does it.
      }
    }

    private Applied served() throws StoreException {
      AcceptedState state = store.look(store.initial(), Look.AT_STAMPS).state();
      return new Applied("a1", state.generation());
    }

    private boolean refuses() {
      try {
        return store.mode(ALPHA).filter(mode -> Operation.WRITE.refusedBy(mode.mode())).isPresent();
      } catch (StoreException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public Applied load(long revision) throws StoreException {
      var unused = store.look(store.initial(), Look.INSIDE);
      return served();
    }

    @Override
    public void lost() {}

    @Override
    public HeadComparison.Begun compare() {
      return store.comparison().begin();
    }

    @Override
    public ImmutableMap<DatastoreName, Work> work(Predicate<DatastoreName> detailed) {
      // The mode first: a lookup counts, and then looks at the mode again.
      boolean refused = refuses();
      int counted = leases.get();
      return counted == 0 || !refused
          ? ImmutableMap.of()
          : ImmutableMap.of(
              ALPHA,
              new Work(
                  since().generation(), new OperationCounts(0, counted), 0, 0, ImmutableList.of()));
    }

    private Revision since() {
      try {
        return store.mode(ALPHA).map(StoredMode::since).orElseThrow();
      } catch (StoreException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public void over(LifeId over) {
      leases.set(0);
    }

    FencingToken grant() throws StoreException {
      leases.incrementAndGet();
      return tokens.take(book.floor(ALPHA, Operation.WRITE));
    }

    void release() {
      leases.decrementAndGet();
      peers.workEnded();
    }

    /** One look of a drain. */
    boolean drained(Revision since) throws StoreException {
      return leases.get() == 0
          && store.mode(ALPHA).filter(mode -> mode.since().equals(since)).isPresent()
          && awaited().isEmpty()
          && peers.seal(ALPHA, MaintenanceMode.READ_ONLY, since);
    }

    ImmutableList<AwaitedReplica> awaited() {
      return peers.begin(ALPHA).inTheWay().replicas();
    }
  }

  private Floor floor(EtcdClient client) throws Exception {
    return client
        .range(RangeQuery.of(keys.floor(ALPHA)))
        .first()
        .map(found -> Floor.read(found.text()))
        .orElse(Floor.NONE);
  }

  @Test
  void drain_waitsForTheLeaseOfAnotherServer_andItsFloorIsAboveIt() throws Exception {
    FencingToken token = b.grant();
    Revision since = set(MaintenanceMode.READ_ONLY);
    await().until(() -> a.awaited().stream().anyMatch(AwaitedReplica.Working.class::isInstance));
    assertThat(a.drained(since)).isFalse();
    assertThat(c.drained(since)).isFalse();
    b.release();
    await().until(() -> c.drained(since));
    assertThat(a.drained(since)).as("told twice").isTrue();
    assertThat(floor(client()).write()).isGreaterThanOrEqualTo(token.value());
    set(MaintenanceMode.NONE);
    await().until(() -> !b.refuses() && !c.refuses());
    assertThat(List.of(b.grant(), c.grant()))
        .allMatch(next -> next.value() > token.value())
        .doesNotHaveDuplicates();
  }

  @Test
  void drain_oneIsKilled_waitsForWhatItHasPromised_andNotLonger() throws Exception {
    FencingToken token = c.grant();
    Revision since = set(MaintenanceMode.READ_ONLY);
    await().until(() -> a.awaited().size() == 1);
    c.life.close();
    long killedAt = System.nanoTime();
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> a.awaited().stream().anyMatch(AwaitedReplica.Silent.class::isInstance));
    // Its client continues the lease, at one that counts it, and gives it back.
    try (SealingPeers.Claim claim = b.peers.claim(ALPHA, Operation.WRITE, token)) {
      assertThat(claim.verdict()).isEqualTo(TakeOver.ALLOWED);
      b.leases.incrementAndGet();
      assertThat(claim.verdict()).isEqualTo(TakeOver.ALLOWED);
    }
    assertThat(a.drained(since)).isFalse();
    b.release();
    await().atMost(Duration.ofSeconds(60)).until(() -> a.drained(since));
    assertThat(Duration.ofNanos(System.nanoTime() - killedAt))
        .isGreaterThan(WAIT)
        .isLessThan(AUTHORITY.plus(WAIT).plus(AUTHORITY).plus(Duration.ofSeconds(10)));
    assertThat(b.peers.takeOver(ALPHA, Operation.WRITE, token)).isEqualTo(TakeOver.DRAINED);
  }

  /** Of a seal and a take-over that meet, one fails, however they meet. */
  @Test
  void takeOver_againstASeal_neverBoth() throws Exception {
    int sealed = 0;
    int taken = 0;
    for (int round = 0; round < 40; round++) {
      set(MaintenanceMode.NONE);
      await().until(() -> !b.refuses() && !c.refuses());
      FencingToken token = c.grant();
      c.release();
      Revision since = set(MaintenanceMode.READ_ONLY);
      await().until(() -> a.awaited().isEmpty());
      int lead = round % 8;
      CompletableFuture<Boolean> drain =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  spin(lead);
                  return a.drained(since);
                } catch (StoreException e) {
                  return false;
                }
              });
      boolean counted = false;
      try (SealingPeers.Claim claim = b.peers.claim(ALPHA, Operation.WRITE, token)) {
        if (claim.verdict() == TakeOver.ALLOWED) {
          b.leases.incrementAndGet();
          counted = claim.verdict() == TakeOver.ALLOWED;
          if (!counted) {
            b.leases.decrementAndGet();
          }
        }
      }
      boolean done = drain.join();
      assertThat(done && counted).as("round %d", round).isFalse();
      sealed += done ? 1 : 0;
      taken += counted ? 1 : 0;
      if (counted) {
        assertThat(a.drained(since)).isFalse();
        b.release();
      }
      await().until(() -> a.drained(since));
    }
    assertThat(sealed + taken).isPositive();
  }

  /** Waits as long as some hundreds of microseconds, so that each of the two is first at times. */
  private static void spin(int hundreds) {
    long until = System.nanoTime() + hundreds * 300_000L;
    while (System.nanoTime() < until) {
      Thread.onSpinWait();
    }
  }

  @Test
  void force_isKnownToAll_andNoOldLeaseIsContinued() throws Exception {
    FencingToken token = b.grant();
    Revision since = set(MaintenanceMode.READ_ONLY);
    assertThat(a.peers.raiseFloor(ALPHA, MaintenanceMode.READ_ONLY, since)).isPresent();
    await().until(() -> b.floors.contains(ALPHA) && c.floors.contains(ALPHA));
    assertThat(c.peers.takeOver(ALPHA, Operation.WRITE, token)).isEqualTo(TakeOver.DRAINED);
    try (SealingPeers.Claim claim = c.peers.claim(ALPHA, Operation.WRITE, token)) {
      assertThat(claim.verdict()).isEqualTo(TakeOver.DRAINED);
    }
    assertThat(a.drained(since)).as("its holder may not have stopped yet").isFalse();
    b.release();
    await().until(() -> a.drained(since));
  }

  @Test
  void ask_isHeardByAll() {
    try (SealingPeers.Asking asking = a.peers.ask(ALPHA)) {
      await().until(() -> b.follower.isAsked(ALPHA) && c.follower.isAsked(ALPHA));
    }
    await().until(() -> !b.follower.isAsked(ALPHA));
  }
}
