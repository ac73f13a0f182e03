package io.datastored.etcd.life;

import com.google.common.collect.ImmutableList;
import io.datastored.etcd.history.StoreCounts;
import io.datastored.history.Generation;
import io.datastored.promise.LifeId;
import io.datastored.promise.Replica;
import io.datastored.promise.Replica.State;
import io.datastored.promise.ReplicaFigures;
import io.datastored.promise.Replicas;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Etcd replicas are the servers of a history in etcd, as this one follows them. Thread-safe: they
 * are worked out from the view of the follower whenever somebody asks.
 */
public final class EtcdReplicas implements Replicas {

  private final LifeOptions options;
  private final LifeKeys keys;
  private final Life life;
  private final PeerFollower follower;
  private final EtcdPeers peers;
  private final Supplier<StoreCounts> store;

  /** Who waits for which generation. */
  private final ConcurrentHashMap<CompletableFuture<Void>, Generation> waiting =
      new ConcurrentHashMap<>();

  /**
   * The servers of a history.
   *
   * @param store what it has counted
   */
  public EtcdReplicas(
      LifeOptions options,
      Life life,
      PeerFollower follower,
      EtcdPeers peers,
      Supplier<StoreCounts> store) {
    this.options = options;
    this.keys = options.keys();
    this.life = life;
    this.follower = follower;
    this.peers = peers;
    this.store = store;
    follower.listen(this::onChange);
  }

  @Override
  public Optional<Me> me() {
    return Optional.of(new Me(options.replica(), life.announcements().me()));
  }

  @Override
  public ImmutableList<Replica> all() {
    Optional<LifeId> me = life.announcements().me();
    PeerView view = follower.view();
    return view.lives(keys).stream()
        .map(id -> replica(view, id, me))
        .sorted(Comparator.comparing(Replica::name))
        .collect(ImmutableList.toImmutableList());
  }

  private Replica replica(PeerView view, LifeId id, Optional<LifeId> me) {
    Optional<LifeRecord> record = view.record(keys, id);
    Optional<Replica.Presence> presence =
        view.item(keys.presence(id)).map(item -> PresenceText.read(item.text()));
    State state = LifeRecord.state(record, presence.isPresent());
    Optional<Silence.Silent> wait =
        life.silent().stream().filter(silent -> silent.life().equals(id)).findFirst();
    return new Replica(
        record.map(LifeRecord::replica).orElse("unknown"),
        id,
        state,
        presence,
        me.equals(Optional.of(id)) ? unconfirmed() : lasted(state, id),
        // Before this server waits, as long as it will.
        state == State.HERE
            ? Optional.empty()
            : wait.map(Silence.Silent::left)
                .orElseGet(() -> record.map(found -> found.wait(options.slack()))));
  }

  private Optional<Duration> lasted(State state, LifeId id) {
    return state == State.HERE
        ? Optional.empty()
        : Optional.of(life.silentFor(id).orElse(Duration.ZERO));
  }

  @Override
  public Optional<Duration> unconfirmed() {
    return life.authority().unconfirmed();
  }

  @Override
  public Optional<ReplicaFigures> figures() {
    StoreCounts counts = store.get();
    return Optional.of(
        new ReplicaFigures(
            life.authority().left(),
            life.authority().took(),
            life.ends.byWord(),
            counts.reloads(),
            counts.commits(),
            peers.takeOvers.byWord(),
            peers.seals.byWord()));
  }

  @Override
  public CompletableFuture<Void> applied(Generation generation) {
    var done = new CompletableFuture<Void>();
    waiting.put(done, generation);
    CompletableFuture<Void> unused = done.whenComplete((nothing, failure) -> waiting.remove(done));
    // Put, then looked at. In the other order the last acknowledgement could come in between, and
    // find nobody who waits.
    look(done, generation);
    return done;
  }

  private void onChange() {
    waiting.forEach(this::look);
  }

  private void look(CompletableFuture<Void> waiter, Generation generation) {
    if (isApplied(generation)) {
      waiter.complete(null);
    }
  }

  /** Whoever is silent can acknowledge nothing. */
  private boolean isApplied(Generation generation) {
    return follower.view().below(keys.presences()).values().stream()
        .allMatch(
            item ->
                Applied.in(item.text())
                    .filter(applied -> !generation.isAfter(applied.generation()))
                    .isPresent());
  }
}
