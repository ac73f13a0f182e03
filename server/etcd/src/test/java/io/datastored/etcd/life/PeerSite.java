package io.datastored.etcd.life;

import static io.datastored.etcd.life.LifeSite.KEYS;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.util.concurrent.MoreExecutors;
import io.datastored.config.DatastoreName;
import io.datastored.config.MaintenanceMode;
import io.datastored.etcd.client.KeyValue;
import io.datastored.etcd.client.ModelEtcd.Fate;
import io.datastored.etcd.history.KeyValues.Entry;
import io.datastored.etcd.history.StoredMode;
import io.datastored.file.StoreException;
import io.datastored.history.Generation;
import io.datastored.history.Incarnation;
import io.datastored.history.Revision;
import io.datastored.operation.Operation;
import io.datastored.promise.FencingToken;
import io.datastored.promise.FencingTokens;
import io.datastored.promise.LifeId;
import io.datastored.promise.PromiseBookContract;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Servers at a model of etcd that take leases over and seal drains, and a history that is only
 * modes. Confined to one test.
 */
final class PeerSite implements AutoCloseable {

  static final DatastoreName ALPHA = DatastoreName.of("alpha");
  static final DatastoreName BETA = DatastoreName.of("beta");
  static final Incarnation INCARNATION = new Incarnation("0123456789abcdef");
  static final int BLOCK = 100;
  static final Duration TTL = Duration.ofSeconds(30);

  /** How long a dead life is waited for that has promised {@link #TTL}. */
  static final Duration WAIT = LifeSite.WAIT.plus(Duration.ofMillis(30_800));

  final LifeSite site = new LifeSite();
  private final Map<DatastoreName, StoredMode> modes = new ConcurrentHashMap<>();
  private final List<Replica> replicas = new CopyOnWriteArrayList<>();
  private long generation = 1;

  PeerSite() throws IOException {
    site.etcd.put(KEYS.tokens(), "1000\n");
    // A watch that reports at once.
    site.etcd.afterChange(() -> replicas.forEach(Replica::follow));
  }

  /** Requests and answers are lost, at times more in a row than a life sends. */
  static Fate[] faults() {
    Random random = new Random(11);
    List<Fate> fates = new ArrayList<>();
    while (fates.size() < 200) {
      int kind = random.nextInt(8);
      fates.addAll(
          Collections.nCopies(
              kind == 0 ? 5 : 1,
              kind < 2 ? Fate.LOST : kind < 4 ? Fate.DONE_UNANSWERED : Fate.ANSWERED));
    }
    return fates.toArray(Fate[]::new);
  }

  /** Commits a mode; no server has heard of it yet. */
  Revision commit(DatastoreName name, MaintenanceMode mode) {
    generation++;
    String key = KEYS.prefix() + "ds/" + name;
    site.etcd.put(key, mode + " " + generation);
    Revision since = new Revision(INCARNATION, new Generation(generation));
    modes.put(
        name, new StoredMode(mode, since, key, site.etcd.get(key).orElseThrow().modRevision()));
    return since;
  }

  /** Commits a mode that all servers apply and acknowledge. */
  Revision set(DatastoreName name, MaintenanceMode mode) throws StoreException {
    Revision since = commit(name, mode);
    for (Replica replica : replicas) {
      if (replica.alive) {
        replica.apply();
      }
    }
    return since;
  }

  Replica start(String name) throws StoreException {
    Replica replica = new Replica(name);
    replicas.add(replica);
    replica.follow();
    return replica;
  }

  Applied present() {
    return new Applied("%016x".formatted(0xc0 + generation), new Generation(generation));
  }

  String text(String key) {
    return site.etcd.get(key).map(KeyValue::text).orElse("nothing");
  }

  Floor floor(DatastoreName name) {
    return site.etcd
        .get(KEYS.floor(name))
        .map(found -> Floor.read(found.text()))
        .orElse(Floor.NONE);
  }

  /** Lets time pass in which the living beat in time. */
  void pass(Duration time) {
    Duration left = time;
    while (!left.isNegative()) {
      site.pass(LifeSite.PULSE);
      left = left.minus(LifeSite.PULSE);
      for (Replica replica : replicas) {
        if (replica.alive) {
          Duration unused = replica.server.beat();
        }
      }
    }
  }

  @Override
  public void close() {
    site.close();
  }

  /** One server. */
  final class Replica {

    final LifeSite.Server server;
    final LifeId id;
    final PeerFollower follower;
    final EtcdPromiseBook book;
    final FencingTokens tokens;
    final EtcdPeers peers;
    final Map<DatastoreName, StoredMode> known = new ConcurrentHashMap<>(modes);
    final List<DatastoreName> floorsRaised = new CopyOnWriteArrayList<>();
    boolean alive = true;

    /** Whether its watch reports anything. */
    boolean follows = true;

    Replica(String name) throws StoreException {
      server = site.new Server(name);
      server.applied = present();
      follower = new PeerFollower(KEYS, floorsRaised::add);
      server.isAsked = follower::isAsked;
      server.beatUntilServing();
      id = server.id();
      EtcdPromiseBook[] opened = new EtcdPromiseBook[1];
      PromiseBookContract.insist(
          () ->
              opened[0] =
                  EtcdPromiseBook.open(site.client, KEYS, server.life, follower, new Random(7)),
          () -> {});
      book = opened[0];
      tokens = new FencingTokens(book, BLOCK, work -> {});
      peers =
          new EtcdPeers(
              site.client,
              LifeOptions.of(KEYS, name, "1.0", "", LifeSite.AUTHORITY),
              server.life,
              follower,
              book,
              datastore -> Optional.ofNullable(known.get(datastore)),
              MoreExecutors.directExecutor());
    }

    /** Its watch has reported everything. */
    void follow() {
      if (follows) {
        long revision = site.etcd.revision();
        follower.loaded(
            revision,
            site.etcd.keys().stream()
                .filter(key -> follower.prefixes().stream().anyMatch(key::startsWith))
                .flatMap(key -> site.etcd.get(key).stream())
                .map(
                    found ->
                        new Entry(
                            found.key(),
                            found.text().getBytes(UTF_8),
                            found.createRevision(),
                            found.modRevision()))
                .toList());
      }
    }

    /** Serves the present modes, without having said so. */
    void serve() {
      known.putAll(modes);
    }

    void apply() throws StoreException {
      serve();
      server.life.acknowledge(present());
    }

    /** A token of a lease that it grants on alpha. */
    FencingToken grant() throws StoreException {
      FencingToken[] token = new FencingToken[1];
      PromiseBookContract.insist(() -> book.promise(TTL), () -> {});
      PromiseBookContract.insist(
          () -> token[0] = tokens.take(book.floor(ALPHA, Operation.WRITE)), () -> {});
      return token[0];
    }

    /** It dies, and etcd ends its lease. */
    void kill() {
      alive = false;
      site.etcd.end(site.presence(id).orElseThrow().lease());
    }

    @Override
    public String toString() {
      return server.name;
    }
  }
}
