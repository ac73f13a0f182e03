package io.datastored.daemon;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.io.Closer;
import com.google.common.util.concurrent.ThreadFactoryBuilder;
import io.datastored.config.DatastoreName;
import io.datastored.drain.RefusedWork;
import io.datastored.engine.Engine;
import io.datastored.engine.EngineOptions;
import io.datastored.engine.EngineStartException;
import io.datastored.etcd.client.EtcdClient;
import io.datastored.etcd.history.EtcdStore;
import io.datastored.etcd.history.HeadComparison;
import io.datastored.etcd.history.LastSeen;
import io.datastored.etcd.history.Replacement;
import io.datastored.etcd.history.SharedConfirmation;
import io.datastored.etcd.life.Applied;
import io.datastored.etcd.life.EtcdPeers;
import io.datastored.etcd.life.EtcdPromiseBook;
import io.datastored.etcd.life.EtcdReplicas;
import io.datastored.etcd.life.Life;
import io.datastored.etcd.life.LifeKeys;
import io.datastored.etcd.life.LifeListener;
import io.datastored.etcd.life.LifeOptions;
import io.datastored.etcd.life.Outstanding;
import io.datastored.etcd.life.PeerFollower;
import io.datastored.etcd.life.QueuedTasks;
import io.datastored.file.DiskSteps;
import io.datastored.file.StoreException;
import io.datastored.history.Generation;
import io.datastored.history.Revision;
import io.datastored.lease.LeaseGround;
import io.datastored.lease.Leases;
import io.datastored.promise.Authority;
import io.datastored.promise.Confirmation;
import io.datastored.promise.LifeId;
import io.datastored.promise.Peers;
import io.datastored.promise.Work;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An etcd backing is a history in etcd, which this server shares with others. Thread-safe: what
 * happens to the life of this server is on the thread of that life, what others wait for is on
 * another one, and everything else is in the background.
 */
final class EtcdBacking implements Backing, LifeListener {

  private static final Logger log = LoggerFactory.getLogger(EtcdBacking.class);

  private final EtcdStore store;
  private final Replacement replacement;
  private final Engine engine;
  private final Life life;
  private final EtcdPromiseBook book;
  private final EtcdPeers peers;
  private final EtcdReplicas replicas;
  private final SharedConfirmation confirmation;
  private final Executor background;
  private final long start;
  private final DaemonOptions options;
  private final ReplicaOptions replica;

  /** What other servers wait for, in the order in which it is asked for: not behind upkeep. */
  private final QueuedTasks urgent;

  /** Both are set before the life begins. */
  private volatile @Nullable Leases leases;

  private volatile @Nullable RefusedWork work;

  private EtcdBacking(
      EtcdClient etcd,
      DaemonOptions options,
      ReplicaOptions replica,
      Environment around,
      Executor background,
      Closer rooms)
      throws StoreException, EngineStartException {
    this.options = options;
    this.replica = replica;
    this.background = background;
    EngineOptions engineOptions = options.engine();
    LifeKeys keys = new LifeKeys(replica.keys());
    PeerFollower follower = new PeerFollower(keys, this::floorRaised);
    LastSeen lastSeen = LastSeen.in(options.engine().stateDirectory(), DiskSteps.REAL);
    this.store = ReplicaStart.store(etcd, options, replica, around, lastSeen, follower);
    rooms.register(store::close);
    ExecutorService urgentThread =
        Executors.newSingleThreadExecutor(
            new ThreadFactoryBuilder().setNameFormat("datastored-urgent").setDaemon(true).build());
    rooms.register(urgentThread::shutdownNow);
    this.urgent = new QueuedTasks(urgentThread);
    this.replacement = new Replacement(store, lastSeen);
    this.engine =
        Engine.over(
            store, engineOptions.mountRoots(), engineOptions.timing(), engineOptions.program());
    rooms.register(engine::close);
    LifeOptions lifeOptions = ReplicaStart.life(options, replica, keys);
    this.life =
        new Life(
            etcd,
            lifeOptions,
            around.ticker(),
            around.wallClock(),
            around.random(),
            this,
            follower::isAsked);
    this.book = EtcdPromiseBook.open(etcd, keys, life, follower, around.random());
    this.peers = new EtcdPeers(etcd, lifeOptions, life, follower, book, store::mode, background);
    this.replicas = new EtcdReplicas(lifeOptions, life, follower, peers, store::counts);
    this.confirmation =
        ReplicaStart.confirmation(store::newest, () -> engine.snapshot().revision());
    rooms.register(confirmation::close);
    this.start = around.random().nextLong(Long.MAX_VALUE);
  }

  /**
   * Opens the history of a prefix of etcd.
   *
   * @param background makes writes that nobody waits for; its threads may block
   */
  static EtcdBacking open(
      DaemonOptions options,
      ReplicaOptions replica,
      Environment around,
      Executor background,
      Closer rooms)
      throws DaemonStartException, EngineStartException {
    EtcdClient etcd = ReplicaStart.of(options, replica);
    rooms.register(etcd::close);
    try {
      return new EtcdBacking(etcd, options, replica, around, background, rooms);
    } catch (StoreException e) {
      throw ReplicaStart.advised(e);
    }
  }

  @Override
  public Engine engine() {
    return engine;
  }

  @Override
  public LeaseGround ground() {
    return LeaseGround.shared(
        authority(), book, peers, book::isOwn, start, options.leases()::longestTtl);
  }

  @Override
  public Authority authority() {
    return life.authority();
  }

  @Override
  public Confirmation confirmation() {
    return confirmation;
  }

  @Override
  public EtcdReplicas replicas() {
    return replicas;
  }

  /** None: another program on this host says nothing of the other hosts. */
  @Override
  public ImmutableList<Peers> lookers() {
    return ImmutableList.of();
  }

  @Override
  public void begin(Leases begun, Closer rooms) {
    leases = begun;
    work = new RefusedWork(engine, begun.counted(), begun.liveSessions());
    rooms.register(
        engine.addListener(
                change -> {
                  confirmation.onServed();
                  urgent.run("acknowledge", this::acknowledge);
                })
            ::close);
    new ReplicaUpkeep(peers, book, background)
        .start(
            engine,
            options,
            () -> urgent.run("acknowledge", this::acknowledge),
            begun::longestKept,
            rooms);
    life.start();
    rooms.register(life::close);
    // A client that connects as soon as it can is not sent away again.
    if (!Patience.until(authority()::holds, replica.authority())) {
      log.atWarn()
          .addKeyValue("history", replica.source())
          .log("nothing is promised yet: etcd has not answered since the configuration was read");
    }
  }

  /** One at a time, so that no earlier commit is acknowledged after a later one. */
  private synchronized void acknowledge() {
    try {
      life.acknowledge(served(store.followed()));
    } catch (StoreException e) {
      // With the next look at other servers, or the next change.
      log.atDebug().log("a commit is acknowledged later: {}", e.getMessage());
    }
  }

  /**
   * The newest commit that is followed, once it is served.
   *
   * @throws StoreException when it is not served yet: the follower is about to ring the doorbell
   */
  private Applied served(EtcdStore.Followed commit) throws StoreException {
    return applied(commit, engine.freshSnapshot().revision().generation());
  }

  /** A commit is acknowledged after it is served: a lookup may still grant what it refuses. */
  static Applied applied(EtcdStore.Followed commit, Generation served) throws StoreException {
    if (commit.generation().isAfter(served)) {
      throw new StoreException(
          StoreException.Reason.OTHER,
          "generation %s is followed, and %s is served".formatted(commit.generation(), served));
    }
    return new Applied(commit.id(), commit.generation());
  }

  @Override
  public ImmutableMap<DatastoreName, Work> work(Predicate<DatastoreName> detailed) {
    RefusedWork counted = work;
    return counted == null ? ImmutableMap.of() : counted.count(detailed);
  }

  @Override
  public Applied load(long revision) throws StoreException {
    return served(store.followedSince(revision));
  }

  @Override
  public HeadComparison.Begun compare() {
    return store.comparison().begin();
  }

  @Override
  public void lost() {
    replacement.look();
  }

  @Override
  public CompletableFuture<Revision> replaced() {
    return replacement.found();
  }

  @Override
  public void over(LifeId ended) {
    Optional.ofNullable(leases).ifPresent(Leases::drop);
    book.over();
  }

  /** A server has drained a datastore, or ends leases on it by force. */
  private void floorRaised(DatastoreName name) {
    Leases promised = leases;
    // What is counted later is found when the floor is reported again.
    if (promised != null && promised.counted().live(name) > 0) {
      urgent.run(
          name,
          () -> {
            int ended = promised.counted().forceEnd(name, operation -> book.floor(name, operation));
            if (ended > 0) {
              log.atInfo()
                  .addKeyValue("datastore", name)
                  .addKeyValue("leases", ended)
                  .log("leases were ended by force: their fencing tokens are not above the floor");
            }
          });
    }
  }

  @Override
  public Optional<String> outOfLine() {
    return life.isLost()
        ? Optional.of("what this server serves is not what " + replica.source() + " has")
        : Optional.empty();
  }

  /** Others wait for what is promised by this server; a client that has moved has given it back. */
  @Override
  public void awaitMoves(Leases promised, Duration longest) {
    if (peers.areServing()) {
      boolean unused = Patience.until(() -> promised.sessions().live() == 0, longest);
    }
  }

  @Override
  public void leave(Leases promised) throws StoreException {
    // The last sweep may end the last promise.
    promised.sweep();
    life.leave(promised.isEmpty() ? Outstanding.NONE : Outstanding.SOME);
  }
}
