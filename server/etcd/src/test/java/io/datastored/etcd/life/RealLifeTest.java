package io.datastored.etcd.life;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.common.base.Ticker;
import com.google.common.collect.ImmutableMap;
import io.datastored.config.DatastoreName;
import io.datastored.etcd.client.EtcdClient;
import io.datastored.etcd.client.EtcdOptions;
import io.datastored.etcd.client.RangeQuery;
import io.datastored.etcd.history.HeadComparison;
import io.datastored.etcd.history.Keys;
import io.datastored.etcd.testkit.EtcdCluster;
import io.datastored.etcd.testkit.EtcdMember;
import io.datastored.history.Generation;
import io.datastored.promise.ClockSlack;
import io.datastored.promise.LifeId;
import io.datastored.promise.Work;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lives at three members of a real etcd that beat by themselves, each test with its own prefix. */
@Tag("etcd")
final class RealLifeTest {

  private static final Duration AUTHORITY = Duration.ofSeconds(3);

  /** The authority, 1 % of it, and 500 ms. */
  private static final Duration WAIT = Duration.ofMillis(3_530);

  private static final AtomicInteger TESTS = new AtomicInteger();

  @TempDir static Path directory;
  private static EtcdCluster cluster;

  private final LifeKeys keys =
      new LifeKeys(new Keys("/datastored/lives-" + TESTS.incrementAndGet() + "/"));
  private final List<AutoCloseable> open = new CopyOnWriteArrayList<>();
  private final List<LifeId> over = new CopyOnWriteArrayList<>();

  @BeforeAll
  static void start() throws Exception {
    cluster = EtcdCluster.start(directory, 3);
  }

  @AfterAll
  static void stop() throws Exception {
    cluster.close();
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

  private Life serving(String name) throws Exception {
    Life life =
        new Life(
            client(),
            new LifeOptions(
                keys,
                name,
                "1.0",
                "",
                AUTHORITY,
                AUTHORITY.dividedBy(4),
                Duration.ofMillis(50),
                3,
                ClockSlack.DEFAULT),
            Ticker.systemTicker(),
            InstantSource.system(),
            new Random(),
            new LifeListener() {
              @Override
              public Applied load(long revision) {
                return new Applied("a1", new Generation(1));
              }

              @Override
              public void lost() {}

              @Override
              public HeadComparison.Begun compare() {
                return head -> HeadComparison.Line.SAME;
              }

              @Override
              public ImmutableMap<DatastoreName, Work> work(Predicate<DatastoreName> detailed) {
                return ImmutableMap.of();
              }

              @Override
              public void over(LifeId life) {
                over.add(life);
              }
            },
            asked -> false);
    open.add(0, life);
    life.start();
    await().until(() -> life.authority().holds());
    return life;
  }

  private static LifeId id(Life life) {
    return life.authority().life().orElseThrow();
  }

  private static boolean has(EtcdClient client, String key) throws Exception {
    return client.range(RangeQuery.of(key)).first().isPresent();
  }

  @Test
  void killed_isSilent_andGone_notBeforeItsPromisesAreOver_andSoonAfter() throws Exception {
    EtcdClient client = client();
    Life waiter = serving("waiter");
    Life killed = serving("killed");
    LifeId life = id(killed);
    killed.promise(Duration.ofSeconds(1));
    Duration wait = WAIT.plus(Duration.ofMillis(1_510));

    killed.close();
    long killedAt = System.nanoTime();
    await().until(() -> !waiter.silent().isEmpty());
    assertThat(waiter.silent()).extracting(Silence.Silent::life).containsExactly(life);
    await().atMost(Duration.ofSeconds(30)).until(() -> !has(client, keys.record(life)));
    Duration gone = Duration.ofNanos(System.nanoTime() - killedAt);

    // Its lease ends at most a ttl after the last renewal, and at least half a second later on a
    // busy machine; then the wait, and a pulse at each end of it.
    assertThat(gone)
        .isGreaterThan(wait)
        .isLessThan(AUTHORITY.plus(wait).plus(AUTHORITY).plus(Duration.ofSeconds(10)));
    assertThat(waiter.authority().holds()).isTrue();
    assertThat(over).isEmpty();
  }

  @Test
  void revoked_byHand_isPutBack_inTheSameLife() throws Exception {
    EtcdClient client = client();
    Life life = serving("a");
    Life other = serving("b");
    LifeId id = id(life);
    for (int i = 0; i < 3; i++) {
      long lease = client.range(RangeQuery.of(keys.presence(id))).first().orElseThrow().lease();
      cluster.revoke(lease);
      await()
          .until(
              () ->
                  client
                      .range(RangeQuery.of(keys.presence(id)))
                      .first()
                      .filter(found -> found.lease() != lease)
                      .isPresent());
    }
    await().until(() -> life.authority().life().filter(id::equals).isPresent());
    await().until(() -> other.silent().isEmpty());
    assertThat(over).isEmpty();
  }

  /** Etcd may revoke leases that were renewed when the old leader goes on. */
  @Test
  void leader_pausedForLongerThanTheTtl_costsNoLife() throws Exception {
    Life life = serving("a");
    Life other = serving("b");
    LifeId id = id(life);
    for (int i = 0; i < 2; i++) {
      EtcdMember leader = cluster.leader();
      leader.pause();
      try {
        // Another one is elected, and everybody is heard of again.
        await()
            .atMost(Duration.ofSeconds(30))
            .until(() -> life.authority().holds() && other.authority().holds());
        await().pollDelay(AUTHORITY).until(() -> life.authority().holds());
      } finally {
        leader.resume();
      }
      cluster.awaitHealthy();
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> life.authority().holds() && other.authority().holds());
    }
    assertThat(id(life)).isEqualTo(id);
    assertThat(over).isEmpty();
  }

  @Test
  void left_isWaitedForByNobody() throws Exception {
    EtcdClient client = client();
    Life life = serving("a");
    Life other = serving("b");
    LifeId id = id(life);
    life.leave(Outstanding.NONE);
    assertThat(has(client, keys.record(id))).isFalse();
    assertThat(has(client, keys.presence(id))).isFalse();
    assertThat(life.authority().holds()).isFalse();
    assertThat(other.silent()).isEmpty();
  }
}
