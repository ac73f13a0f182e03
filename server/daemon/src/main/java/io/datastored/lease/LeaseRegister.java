package io.datastored.lease;

import io.datastored.access.Principal;
import io.datastored.config.DatastoreName;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A lease register holds the leases of a server by id and by deadline, and counts them.
 * Thread-safe: one concurrent map, and no lock beyond the map's bin.
 *
 * <p>The thread that ends a term releases its operation, exactly once, because only one
 * compare-and-set ends it. The thread that ends a session also ends its leases. After an end by
 * force the operation stays counted until the first thread finds that the holder has stopped.
 */
final class LeaseRegister {

  private static final Logger log = LoggerFactory.getLogger(LeaseRegister.class);

  private final ConcurrentHashMap<LeaseId, Lease> leases = new ConcurrentHashMap<>();
  private final LeaseCounts counts;
  private final ExpiryWheel<Lease> wheel;
  private final Consumer<Lease> onRemove;
  private final LeaseTrail trail;

  /**
   * @param onRemove is notified of each lease before it is removed
   */
  LeaseRegister(LeaseCounts counts, Duration tick, Consumer<Lease> onRemove, LeaseTrail trail) {
    this.counts = counts;
    this.onRemove = onRemove;
    this.trail = trail;
    this.wheel = new ExpiryWheel<>(tick);
  }

  @Nullable Lease find(LeaseId id) {
    return leases.get(id);
  }

  /** All entries, in no particular order. */
  Stream<Lease> all() {
    return leases.values().stream();
  }

  /** The leases on a datastore. Walks all leases. */
  Stream<Lease> on(DatastoreName datastore) {
    return all().filter(lease -> lease.datastore().equals(datastore));
  }

  /** Adds a lease whose places were taken; false if its id is already present. */
  boolean add(Lease lease) {
    if (leases.putIfAbsent(lease.id(), lease) != null) {
      return false;
    }
    counts.granted(lease.datastore(), lease.operation());
    Session session = lease.session();
    if (session == null) {
      wheel.file(lease);
    } else {
      session.leases().add(lease);
    }
    return true;
  }

  /** Removes an entry that no longer matters. */
  void remove(Lease lease) {
    onRemove.accept(lease);
    leases.remove(lease.id(), lease);
    Session session = lease.session();
    if (session != null) {
      session.leases().remove(lease);
    }
    wheel.withdraw(lease);
  }

  /** Ends a lease with its own ttl if it has expired, and releases one whose holder has stopped. */
  void expire(Lease lease, long now) {
    if (lease.session() == null && lease.term().expire(now)) {
      countOut(lease);
      trail.ended(lease, EndCause.EXPIRED);
    } else if (lease.mustHaveStopped(now)) {
      countForcedOut(lease);
    }
  }

  /** Ends a lease whose session has expired. */
  void endWithSession(Lease lease, long at) {
    if (lease.term().end(at)) {
      countOut(lease);
      wheel.file(lease);
      trail.ended(lease, EndCause.EXPIRED);
    } else if (lease.isForcedAndCounted()) {
      // The promise to its session was the last promise to its holder.
      countForcedOut(lease);
    }
  }

  /**
   * Ends a live lease by force; the operation stays counted until its holder must have stopped.
   *
   * @return whether it was live
   */
  boolean force(Lease lease, long now) {
    // Counted first: its holder may release it as soon as it is ended.
    counts.forcing(lease.datastore());
    long deadline = lease.isLive(now) ? lease.term().force(now) : 0;
    if (deadline == 0) {
      counts.forcedEnded(lease.datastore());
      return false;
    }
    giveBackPlace(lease);
    Session session = lease.session();
    // The lease is ended, then the session's deadline is read; a KeepAlive renews the session, then
    // checks which of its leases were ended. So a KeepAlive that does not name this lease has
    // renewed before the deadline is read here. In the other order, its client would use the lease
    // for longer than it is counted.
    lease.stopsBy(session == null ? deadline : session.term().deadline());
    if (session != null) {
      wheel.file(lease);
    }
    trail.ended(lease, EndCause.FORCED);
    return true;
  }

  /** Ends a live lease, or forgets the id of an ended one; true if it was live. */
  boolean release(Lease lease, long now) {
    expire(lease, now);
    boolean ended = lease.term().giveBack();
    if (ended) {
      countOut(lease);
    } else if (lease.isForcedAndCounted()) {
      countForcedOut(lease);
    }
    if (ended || lease.term().forget()) {
      remove(lease);
    }
    return ended;
  }

  /**
   * Ends a lease that its client has not given back, and may continue: in the next life of this
   * server, or at another one.
   */
  void drop(Lease lease, long now) {
    lease.drop();
    boolean unused = release(lease, now);
  }

  /** Ends a lease that was never renewed. */
  void undo(Lease lease) {
    if (lease.undo()) {
      countOut(lease);
      remove(lease);
    }
  }

  /** Forgets an ended lease that was remembered for long enough. */
  boolean forget(Lease lease, long now) {
    return lease.isForgettable(now) && lease.term().forget();
  }

  /**
   * Ends expired leases and forgets ended ones that were remembered for long enough. For one
   * thread.
   */
  void sweep(long now) {
    wheel.turn(now, lease -> sweep(lease, now));
  }

  private void sweep(Lease lease, long now) {
    try {
      expire(lease, now);
      if (forget(lease, now)) {
        remove(lease);
      } else if (!lease.term().isReturned()) {
        wheel.file(lease);
      }
    } catch (Throwable e) {
      // A bug; but without the sweep, lease time stands still and no lease ever ends.
      log.atError().setCause(e).log("clean-up of {} failed", lease);
    }
  }

  private void countOut(Lease lease) {
    if (lease.countOut()) {
      giveBackPlace(lease);
    }
  }

  private void countForcedOut(Lease lease) {
    if (lease.countOut()) {
      counts.forcedEnded(lease.datastore());
    }
  }

  private void giveBackPlace(Lease lease) {
    Principal holder = lease.holder().principal();
    counts.ended(lease.datastore(), lease.operation(), holder);
    Session session = lease.session();
    if (session != null) {
      session.places().giveBack(holder);
    }
  }

  /** The number of ids: live leases, and ended ones that are remembered. */
  int remembered() {
    return leases.size();
  }

  /** The number of leases in the wheel. */
  int filed() {
    return wheel.size();
  }
}
