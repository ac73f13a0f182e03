package io.datastored.etcd.life;

import com.google.common.collect.ImmutableList;
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
import io.datastored.promise.Tally;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Etcd peers are the other servers of a history. Thread-safe: immutable but for its parts; looks
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
  private final PeerUpkeep upkeep;

  final Tally<Seal> seals = new Tally<>(Seal.class);
  final Tally<TakeOverPath> takeOvers = new Tally<>(TakeOverPath.class);

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
    this.upkeep = new PeerUpkeep(etcd, keys, life.announcements(), peers, background);
  }

  /** What others have when it is asked: what they may still do is decided by the seal. */
  @Override
  public Look begin(DatastoreName datastore) {
    return () -> Elsewhere.at(awaited(peers.view(), datastore, since(datastore)));
  }

  /** Whether there are others that clients may move to. From memory. */
  public boolean areServing() {
    return peers.areOthersPresent(life.announcements().me());
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
    Seal result = Seal.FAILED;
    try {
      boolean sealed = trySeal(datastore, mode, since);
      result = sealed ? Seal.SEALED : Seal.REFUSED;
      return sealed;
    } finally {
      seals.add(result);
    }
  }

  private boolean trySeal(DatastoreName datastore, MaintenanceMode mode, Revision since)
      throws StoreException {
    Optional<StoredMode> stored = present(datastore, mode, since);
    if (stored.isEmpty()) {
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

  /** The tokens are read, then the mode is compared: see {@link SealingPeers#raiseFloor}. */
  @Override
  public OptionalLong raiseFloor(DatastoreName datastore, MaintenanceMode mode, Revision since)
      throws StoreException {
    long compared = -1;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Optional<StoredMode> stored = present(datastore, mode, since);
      PeerReading read = PeerReading.of(etcd, keys, datastore);
      peers.know(datastore, read.floor());
      // With the floor unchanged, it was the mode that was another one.
      if (stored.isEmpty() || read.floor().modified() == compared) {
        return OptionalLong.empty();
      }
      compared = read.floor().modified();
      long dead = read.tokens() - 1;
      Floor floor = read.floor().floor().raised(mode, dead);
      ImmutableList<Compare> unchanged =
          ImmutableList.of(
              Compare.modEquals(stored.get().key(), stored.get().modified()),
              Compare.modEquals(keys.floor(datastore), compared));
      // What a floor has is dead already: nobody grants at or below a floor.
      if (floor.equals(read.floor().floor())
          || put(datastore, floor, unchanged, "raise a fencing floor")) {
        return OptionalLong.of(dead);
      }
    }
    throw changing(datastore);
  }

  /** The mode of a datastore, if it is the one that was set in a revision. */
  private Optional<StoredMode> present(DatastoreName name, MaintenanceMode mode, Revision since)
      throws StoreException {
    return modes
        .of(name)
        .filter(stored -> stored.mode().equals(mode) && stored.since().equals(since));
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

    /** What has decided last. */
    private Optional<TakeOverPath> path = Optional.empty();

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
      TakeOver decided = decide();
      path =
          Optional.of(
              decided != TakeOver.ALLOWED
                  ? TakeOverPath.REFUSED
                  : announced.isEmpty() ? TakeOverPath.MEMORY : TakeOverPath.ETCD);
      return decided;
    }

    private TakeOver decide() throws StoreException {
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
      path.ifPresent(takeOvers::add);
      path = Optional.empty();
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
    return upkeep.ask(datastore);
  }

  /**
   * Has the work published in the background. Call it when the last operation that a mode refuses
   * has ended, or the last session has applied it.
   */
  public void workEnded() {
    upkeep.workEnded();
  }

  /**
   * Has the end of work published that came without an event. To be called often; costs nothing
   * while no work is published.
   */
  public void lookForEnds() {
    upkeep.lookForEnds();
  }

  /**
   * Tells others what they ask for, and reads again what is waited for here. To be called once a
   * second; may block.
   */
  public void tend() {
    upkeep.tend();
  }
}
