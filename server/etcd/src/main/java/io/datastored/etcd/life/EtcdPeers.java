package io.datastored.etcd.life;

import com.google.common.collect.ConcurrentHashMultiset;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.datastored.config.DatastoreName;
import io.datastored.config.MaintenanceMode;
import io.datastored.etcd.client.Compare;
import io.datastored.etcd.client.EtcdClient;
import io.datastored.etcd.client.EtcdException;
import io.datastored.etcd.client.KeyRange;
import io.datastored.etcd.client.Op;
import io.datastored.etcd.client.Txn;
import io.datastored.etcd.client.TxnResult;
import io.datastored.etcd.history.StoredMode;
import io.datastored.file.StoreException;
import io.datastored.history.Generation;
import io.datastored.history.Revision;
import io.datastored.operation.Operation;
import io.datastored.promise.AwaitedReplica;
import io.datastored.promise.Elsewhere;
import io.datastored.promise.FencingToken;
import io.datastored.promise.LifeId;
import io.datastored.promise.SealingPeers;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Etcd peers are the other servers of a history. Thread-safe: asks are a concurrent multiset; looks
 * are from the follower's memory.
 *
 * <p>The order that a seal depends on: a life applies a mode, publishes the work that the mode
 * refuses, and acknowledges it; what it counts later is a take-over, which compares the mode and
 * the floor; the seal compares that every life is there, and that there is no work, and puts the
 * floor. So of a take-over and a seal one fails.
 */
public final class EtcdPeers implements SealingPeers {

  private static final Logger log = LoggerFactory.getLogger(EtcdPeers.class);

  /** How many others may write the same floor at the same time. */
  private static final int ATTEMPTS = 10;

  private final EtcdClient etcd;
  private final LifeOptions options;
  private final LifeKeys keys;
  private final Life life;
  private final PeerFollower peers;
  private final EtcdPromiseBook book;
  private final Modes modes;
  private final Executor background;
  private final AtomicBoolean publishing = new AtomicBoolean();

  /** One for each who waits. */
  private final ConcurrentHashMultiset<DatastoreName> asks = ConcurrentHashMultiset.create();

  /**
   * The peers of a server.
   *
   * @param etcd is not closed with them
   * @param background makes writes that nobody waits for; its threads may block
   */
  public EtcdPeers(
      EtcdClient etcd,
      LifeOptions options,
      Life life,
      PeerFollower peers,
      EtcdPromiseBook book,
      Modes modes,
      Executor background) {
    this.etcd = etcd;
    this.options = options;
    this.keys = options.keys();
    this.life = life;
    this.peers = peers;
    this.book = book;
    this.modes = modes;
    this.background = background;
  }

  /** What others have when it is asked: what they may still do is decided by the seal. */
  @Override
  public Look begin(DatastoreName datastore) {
    return () -> Elsewhere.at(awaited(peers.view(), datastore, since(datastore)));
  }

  private Generation since(DatastoreName name) {
    try {
      return modes.of(name).map(mode -> mode.since().generation()).orElse(Generation.NONE);
    } catch (StoreException e) {
      log.atDebug().log("the mode of {} is not known: {}", name, e.getMessage());
      return new Generation(Long.MAX_VALUE); // nobody has acknowledged it
    }
  }

  private ImmutableList<AwaitedReplica> awaited(
      PeerView view, DatastoreName name, Generation since) {
    ImmutableList<Silence.Silent> silent = life.silent();
    return view.awaited(
        keys,
        name,
        since,
        id -> silent.stream().filter(wait -> wait.life().equals(id)).findFirst(),
        options.slack(),
        life.announcements().me());
  }

  @Override
  public boolean seal(DatastoreName datastore, MaintenanceMode mode, Revision since)
      throws StoreException {
    Optional<StoredMode> stored = modes.of(datastore);
    if (stored.isEmpty()
        || !stored.get().mode().equals(mode)
        || !stored.get().since().equals(since)) {
      return false;
    }
    // Not the followed view: a watch may have lost the birth of a life.
    PeerReading read = PeerReading.of(etcd, keys, datastore);
    peers.know(datastore, read.floor());
    if (!awaited(read.view(), datastore, since.generation()).isEmpty()) {
      return false;
    }
    Floor floor = read.floor().floor().raised(mode, read.tokens() - 1).sealed(since.generation());
    ImmutableList.Builder<Compare> when = ImmutableList.builder();
    when.add(
        Compare.modEquals(stored.get().key(), stored.get().modified()),
        Compare.modEquals(keys.floor(datastore), read.floor().modified()),
        Compare.createAtMost(KeyRange.prefix(keys.records()), read.view().revision()),
        Compare.absent(KeyRange.prefix(keys.allWork(datastore))));
    for (LifeId other : read.view().lives(keys)) {
      // By its creation: acknowledgements of other commits must not fail it, and what a life has
      // applied only rises.
      String presence = keys.presence(other);
      when.add(Compare.createEquals(presence, read.view().item(presence).orElseThrow().created()));
    }
    return put(datastore, floor, when.build(), "complete a drain");
  }

  /**
   * The commit compares the datastore's key, which has the mode. What is taken over between the
   * seal and the commit has a token that the seal has made a dead one.
   */
  @Override
  public boolean sealForCommit(DatastoreName datastore, MaintenanceMode mode, Revision since)
      throws StoreException {
    return seal(datastore, mode, since);
  }

  /** If a copy of it was done without an answer, it fails, and is done with the next look. */
  private boolean put(DatastoreName name, Floor floor, List<Compare> when, String action)
      throws StoreException {
    TxnResult result;
    try {
      result =
          etcd.commit(Txn.when(when).then(Op.put(keys.floor(name), floor.text())).repeatable());
    } catch (EtcdException e) {
      throw EtcdTrouble.cannot(action, keys, e);
    }
    if (result.succeeded()) {
      peers.know(name, new Floors.Known(floor, result.revision()));
    }
    return result.succeeded();
  }

  @Override
  public void raiseFloor(DatastoreName datastore, MaintenanceMode mode) throws StoreException {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      PeerReading read = PeerReading.of(etcd, keys, datastore);
      peers.know(datastore, read.floor());
      Floor floor = read.floor().floor().raised(mode, read.tokens() - 1);
      Compare unchanged = Compare.modEquals(keys.floor(datastore), read.floor().modified());
      if (floor.equals(read.floor().floor())
          || put(datastore, floor, List.of(unchanged), "raise a fencing floor")) {
        return;
      }
    }
    throw changing(datastore);
  }

  private StoreException changing(DatastoreName name) {
    return new StoreException(
        StoreException.Reason.IN_USE,
        "the mode or the fencing floor of " + name + " is changing at " + keys + "; try again");
  }

  @Override
  public TakeOver takeOver(DatastoreName datastore, Operation operation, FencingToken token) {
    if (book.isOwn(token)) {
      return TakeOver.UNKNOWN;
    }
    return token.value() > book.floor(datastore, operation) ? TakeOver.ALLOWED : TakeOver.DRAINED;
  }

  @Override
  public Claim claim(DatastoreName datastore, Operation operation, FencingToken token) {
    return new EtcdClaim(datastore, operation, token);
  }

  /** A claim by a transaction that a seal excludes. */
  private final class EtcdClaim implements Claim {

    private final DatastoreName name;
    private final Operation operation;
    private final FencingToken token;

    private boolean held;
    private ImmutableList<Long> announced = ImmutableList.of();

    EtcdClaim(DatastoreName name, Operation operation, FencingToken token) {
      this.name = name;
      this.operation = operation;
      this.token = token;
    }

    /**
     * If the mode permits it, the acknowledgement of the next mode counts the lease. The mode is
     * looked at again after the lease was counted: at least one sees the other.
     */
    @Override
    public TakeOver verdict() throws StoreException {
      for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        Floors.Known floor = peers.floor(name);
        TakeOver known = takeOver(name, operation, token);
        Optional<StoredMode> mode = modes.of(name);
        if (known != TakeOver.ALLOWED
            || mode.isEmpty()
            || !operation.refusedBy(mode.get().mode())
            || announced.equals(ImmutableList.of(mode.get().modified(), floor.modified()))) {
          return known;
        }
        if (announce(mode.get(), floor)) {
          announced = ImmutableList.of(mode.get().modified(), floor.modified());
          return TakeOver.ALLOWED;
        }
        peers.know(name, PeerReading.of(etcd, keys, name).floor());
      }
      throw changing(name);
    }

    private boolean announce(StoredMode mode, Floors.Known floor) throws StoreException {
      if (!held) {
        life.announcements().work().hold(name);
        held = true;
      }
      return life.announcements()
          .takeOver(
              List.of(
                  Compare.modEquals(mode.key(), mode.modified()),
                  Compare.modEquals(keys.floor(name), floor.modified())));
    }

    @Override
    public void close() {
      if (held) {
        held = false;
        life.announcements().work().release(name);
        // If it was not counted, others need not wait for it.
        workEnded();
      }
    }
  }

  @Override
  public Asking ask(DatastoreName datastore) {
    AtomicBoolean open = new AtomicBoolean(true);
    asks.add(datastore);
    inBackground(this::tellAsks);
    return () -> {
      if (open.compareAndSet(true, false)) {
        asks.remove(datastore);
        inBackground(this::tellAsks);
      }
    };
  }

  private void tellAsks() {
    try {
      life.announcements().ask(this::asked);
    } catch (StoreException e) {
      log.atDebug().log("an ask is written later: {}", e.getMessage());
    }
  }

  private ImmutableSet<DatastoreName> asked() {
    return ImmutableSet.copyOf(asks);
  }

  /**
   * Has the work published in the background. Call it when the last operation that a mode refuses
   * has ended, or the last session has applied it.
   */
  public void workEnded() {
    if (publishing.compareAndSet(false, true)) {
      inBackground(
          () -> {
            // Before it is counted: what ends from now on is published by the next one.
            publishing.set(false);
            publish();
          });
    }
  }

  private void publish() {
    try {
      life.announcements().publish();
    } catch (StoreException e) {
      log.atDebug().log("the work of this server is published later: {}", e.getMessage());
    }
  }

  private void inBackground(Runnable write) {
    try {
      background.execute(write);
    } catch (RejectedExecutionException e) {
      publishing.set(false);
      log.atDebug().log("nothing is published after the end");
    }
  }

  /**
   * Tells others what they ask for, and reads again what is waited for here: a watch may have lost
   * something. To be called once a second; may block.
   */
  public void tend() {
    tellAsks();
    publish();
    for (DatastoreName name : asked()) {
      try {
        PeerReading read = PeerReading.of(etcd, keys, name);
        peers.know(name, read.floor());
        peers.correct(read.view(), PeerReading.prefixes(keys, name));
      } catch (StoreException e) {
        log.atDebug().log("what others count is read later: {}", e.getMessage());
      }
    }
  }
}
