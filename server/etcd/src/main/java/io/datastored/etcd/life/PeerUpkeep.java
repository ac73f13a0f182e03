package io.datastored.etcd.life;

import com.google.common.collect.ConcurrentHashMultiset;
import com.google.common.collect.ImmutableSet;
import io.datastored.config.DatastoreName;
import io.datastored.etcd.client.EtcdClient;
import io.datastored.file.StoreException;
import io.datastored.promise.SealingPeers.Asking;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Peer upkeep is what a server tells others beside its commits, and reads of them again.
 * Thread-safe: asks are a concurrent multiset.
 */
final class PeerUpkeep {

  private static final Logger log = LoggerFactory.getLogger(PeerUpkeep.class);

  private final EtcdClient etcd;
  private final LifeKeys keys;
  private final Announcements announcements;
  private final PeerFollower peers;
  private final QueuedTasks background;

  /** One for each who waits. */
  private final ConcurrentHashMultiset<DatastoreName> asks = ConcurrentHashMultiset.create();

  /**
   * @param background makes writes that nobody waits for; its threads may block
   */
  PeerUpkeep(
      EtcdClient etcd,
      LifeKeys keys,
      Announcements announcements,
      PeerFollower peers,
      Executor background) {
    this.etcd = etcd;
    this.keys = keys;
    this.announcements = announcements;
    this.peers = peers;
    this.background = new QueuedTasks(background);
  }

  /**
   * Has all servers hurry with what is in the way of a mode, and say what it is, until it is
   * closed.
   */
  Asking ask(DatastoreName datastore) {
    AtomicBoolean open = new AtomicBoolean(true);
    asks.add(datastore);
    background.run("tell asks", this::tellAsks);
    return () -> {
      if (open.compareAndSet(true, false)) {
        asks.remove(datastore);
        background.run("tell asks", this::tellAsks);
      }
    };
  }

  private void tellAsks() {
    try {
      announcements.ask(this::asked);
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
  void workEnded() {
    background.run("publish", this::publish);
  }

  /** Has the end of work published that came without an event, such as an expiry. */
  void lookForEnds() {
    if (announcements.work().hasEnded()) {
      workEnded();
    }
  }

  private void publish() {
    try {
      announcements.publish();
    } catch (StoreException e) {
      log.atDebug().log("the work of this server is published later: {}", e.getMessage());
    }
  }

  /**
   * Tells others what they ask for, has leases ended whose floor was raised while they were being
   * granted, and reads again what is waited for here: a watch may have lost something. To be called
   * once a second; may block.
   */
  void tend() {
    tellAsks();
    publish();
    peers.tellFloors();
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
