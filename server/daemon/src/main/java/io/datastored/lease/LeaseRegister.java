package io.datastored.lease;

import io.datastored.config.DatastoreName;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A lease register holds the leases of a server by id, and by when they end, and counts them.
 * Thread-safe: one concurrent map; nothing takes a lock beyond the map's bin.
 *
 * <p>Whoever ends a term counts its operation out, once, because only one compare-and-set ends it.
 */
final class LeaseRegister {

  private static final Logger log = LoggerFactory.getLogger(LeaseRegister.class);

  private final ConcurrentHashMap<LeaseId, Lease> leases = new ConcurrentHashMap<>();
  private final LeaseCounts counts;
  private final ExpiryWheel wheel;

  LeaseRegister(LeaseCounts counts, Duration tick) {
    this.counts = counts;
    this.wheel = new ExpiryWheel(tick);
  }

  @Nullable Lease find(LeaseId id) {
    return leases.get(id);
  }

  /** The leases on a datastore that are live. Walks all leases. */
  Stream<Lease> liveOn(DatastoreName datastore, long now) {
    return leases.values().stream()
        .filter(lease -> lease.datastore().equals(datastore) && lease.term().isLive(now));
  }

  /** Adds a lease for which a place was taken; false when its id is there already. */
  boolean add(Lease lease) {
    if (leases.putIfAbsent(lease.id(), lease) != null) {
      return false;
    }
    counts.granted(lease.datastore());
    wheel.file(lease);
    return true;
  }

  /** Takes out an entry that is of no account any more. */
  void remove(Lease lease) {
    leases.remove(lease.id(), lease);
    wheel.withdraw(lease);
  }

  /** Ends a lease if its time is over. */
  void expire(Lease lease, long now) {
    if (lease.term().expire(now)) {
      countOut(lease);
    }
  }

  /** Ends a live lease, or forgets the id of an ended one; true if it was live. */
  boolean release(Lease lease, long now) {
    expire(lease, now);
    boolean ended = lease.term().giveBack();
    if (ended) {
      countOut(lease);
    }
    if (ended || lease.term().forget()) {
      remove(lease);
    }
    return ended;
  }

  /** Ends a lease that was never renewed. */
  void undo(Lease lease) {
    if (lease.undo()) {
      countOut(lease);
      remove(lease);
    }
  }

  /** Ends what is over, forgets what has been remembered for long enough. For one thread. */
  void sweep(long now) {
    wheel.turn(now, lease -> sweep(lease, now));
  }

  private void sweep(Lease lease, long now) {
    try {
      expire(lease, now);
      if (lease.isForgettable(now) && lease.term().forget()) {
        leases.remove(lease.id(), lease);
      } else if (!lease.term().isReturned()) {
        wheel.file(lease);
      }
    } catch (RuntimeException e) {
      // A bug; but without the sweep lease time stands still and no lease of anybody ever ends.
      log.atError().setCause(e).log("sweeping {}", lease);
    }
  }

  private void countOut(Lease lease) {
    lease.closeHandle();
    counts.ended(lease.datastore());
  }

  /** Ids in the register: live leases, and ended ones that are remembered. */
  int remembered() {
    return leases.size();
  }

  /** Leases in the wheel. */
  int filed() {
    return wheel.size();
  }
}
