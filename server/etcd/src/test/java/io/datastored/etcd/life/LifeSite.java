package io.datastored.etcd.life;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.datastored.config.DatastoreName;
import io.datastored.etcd.client.EtcdClient;
import io.datastored.etcd.client.KeyValue;
import io.datastored.etcd.client.ModelEtcd;
import io.datastored.etcd.history.HeadComparison;
import io.datastored.etcd.history.Keys;
import io.datastored.file.StoreException;
import io.datastored.history.Generation;
import io.datastored.operation.OperationCounts;
import io.datastored.promise.LifeId;
import io.datastored.promise.Work;
import io.datastored.testkit.ManualTicker;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/** A model of etcd, servers that live in it, and their time. Confined to one test. */
final class LifeSite implements AutoCloseable {

  static final LifeKeys KEYS = new LifeKeys(new Keys("/datastored/test/"));
  static final Duration AUTHORITY = Duration.ofSeconds(10);
  static final Duration PULSE = Duration.ofMillis(2_500);

  /** How long a life is waited for that has promised nothing: 10 s, 1 % of it, and 500 ms. */
  static final Duration WAIT = Duration.ofMillis(10_600);

  static final Duration NANO = Duration.ofNanos(1);
  static final Applied FIRST = new Applied("00000000000000a1", new Generation(1));
  static final Applied SECOND = new Applied("00000000000000a2", new Generation(2));

  private static final Instant START = Instant.ofEpochSecond(1_800_000_000);

  final ManualTicker ticker = new ManualTicker(Long.MAX_VALUE - 30_000_000_000L);
  final ModelEtcd etcd = ModelEtcd.start();
  final EtcdClient client = etcd.client(ticker);
  Duration wallAhead = Duration.ZERO;
  private int servers;

  LifeSite() throws IOException {}

  /** A server that serves, and has authority. */
  Server serving(String name) {
    Server server = new Server(name);
    server.beatUntilServing();
    return server;
  }

  void pass(Duration time) {
    ticker.advance(time);
  }

  /** Lets time pass in which a server beats in time. */
  void passWith(Server beating, Duration time) {
    Duration left = time;
    while (left.compareTo(PULSE) > 0) {
      pass(PULSE);
      left = left.minus(PULSE);
      beating.beat();
    }
    pass(left);
  }

  Optional<LifeRecord> record(LifeId life) {
    return etcd.get(KEYS.record(life)).map(found -> LifeRecord.read(found.text()));
  }

  Optional<KeyValue> presence(LifeId life) {
    return etcd.get(KEYS.presence(life));
  }

  @Override
  public void close() {
    client.close();
    etcd.close();
  }

  /** One server. */
  final class Server implements LifeListener {

    final String name;
    final Life life;
    final List<String> told = new ArrayList<>();
    final Map<DatastoreName, Work> work = new ConcurrentHashMap<>();
    final Set<DatastoreName> asked = ConcurrentHashMap.newKeySet();
    Predicate<DatastoreName> isAsked = asked::contains;
    Applied applied = FIRST;
    boolean loads = true;

    /** What pulses have found, and what is made of it. */
    final List<String> heads = new ArrayList<>();

    HeadComparison.Line line = HeadComparison.Line.SAME;
    Runnable whenCounted = () -> {};
    Runnable whenLoaded = () -> {};

    Server(String name) {
      this.name = name;
      this.life =
          new Life(
              client,
              LifeOptions.of(KEYS, name, "1.0", name + ":8007", AUTHORITY),
              ticker,
              () -> ticker.clock(START).instant().plus(wallAhead),
              new Random(++servers),
              this,
              datastore -> isAsked.test(datastore));
    }

    @Override
    public HeadComparison.Begun compare() {
      return head -> {
        heads.add(head.map(text -> new String(text, UTF_8)).orElse("none"));
        return line;
      };
    }

    @Override
    public void lost() {
      told.add("lost");
    }

    @Override
    public Applied load(long revision) throws StoreException {
      List<String> there = etcd.keys();
      Runnable then = whenLoaded;
      whenLoaded = () -> {};
      then.run();
      told.add("loads of " + there.size() + " keys, authority " + life.authority().holds());
      long registered =
          there.stream()
              .filter(key -> key.startsWith(KEYS.records()))
              .map(key -> etcd.get(key).orElseThrow())
              .filter(record -> record.text().startsWith("replica " + name + "\n"))
              .mapToLong(KeyValue::createRevision)
              .max()
              .orElseThrow();
      assertThat(revision)
          .as("loaded after the registration")
          .isBetween(registered, etcd.revision());
      if (!loads) {
        throw new StoreException(StoreException.Reason.OTHER, "nothing is there");
      }
      return applied;
    }

    @Override
    public ImmutableMap<DatastoreName, Work> work(Predicate<DatastoreName> detailed) {
      ImmutableMap<DatastoreName, Work> counted = ImmutableMap.copyOf(work);
      Runnable then = whenCounted;
      whenCounted = () -> {};
      then.run();
      return counted;
    }

    /** Counts so many leases for writing that the mode of a generation refuses. */
    void counts(DatastoreName name, long since, int leases) {
      work.put(
          name,
          new Work(
              new Generation(since), new OperationCounts(0, leases), 0, 0, ImmutableList.of()));
    }

    @Override
    public void over(LifeId over) {
      work.clear();
      told.add(
          "%s is over, authority %s, lives %d"
              .formatted(
                  over,
                  life.authority().holds(),
                  etcd.keys().stream().filter(key -> key.contains("/life/")).count()));
    }

    Duration beat() {
      return life.beat();
    }

    void beatUntilServing() {
      for (int i = 0; i < 30 && !life.authority().holds(); i++) {
        Duration unused = beat();
      }
      assertThat(life.authority().holds()).isTrue();
    }

    boolean holds() {
      return life.authority().holds();
    }

    LifeId id() {
      return life.authority().life().orElseThrow();
    }

    long lease() {
      return presence(id()).orElseThrow().lease();
    }
  }
}
