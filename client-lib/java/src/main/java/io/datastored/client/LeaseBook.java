package io.datastored.client;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The lease book records every lease that the server may count for this client: requested, held, or
 * being released. Confined to the loop.
 */
final class LeaseBook {

  private record Slots(LeaseSlot read, LeaseSlot write) {}

  private final Loop loop;
  private final PendingReleases returns;
  private final Callbacks callbacks;
  private final Counters counters;
  private final ClientMetrics metrics;

  /**
   * Whether idle leases are kept. A client without a watch learns of no mode, and would delay
   * drains.
   */
  private final boolean lingers;

  private final long linger;

  private final Map<String, Slots> slots = new HashMap<>();
  private final Set<String> asked = new HashSet<>();
  private final Map<String, SharedLease> held = new HashMap<>();

  /** Requested leases that the server ended before the answer that grants them arrived. */
  private final Set<String> endedEarly = new HashSet<>();

  LeaseBook(
      Loop loop,
      PendingReleases returns,
      Callbacks callbacks,
      Counters counters,
      ClientOptions options) {
    this.loop = loop;
    this.returns = returns;
    this.callbacks = callbacks;
    this.counters = counters;
    this.metrics = options.metrics();
    this.lingers = options.nearCache();
    this.linger = options.times().linger().toNanos();
  }

  /** The only slot of a datastore and a counted operation. */
  LeaseSlot slot(String datastore, Operation operation) {
    Slots both =
        slots.computeIfAbsent(
            datastore,
            name ->
                new Slots(
                    new LeaseSlot(name, Operation.READ), new LeaseSlot(name, Operation.WRITE)));
    return operation == Operation.WRITE ? both.write : both.read;
  }

  /** Whether the server cannot count any lease that is held or requested. */
  boolean isEmpty() {
    return held.isEmpty() && asked.isEmpty();
  }

  /** Records a lease before it is requested: the server may count it before the answer arrives. */
  void asking(String lease) {
    asked.add(lease);
  }

  /** Forgets that a lease was requested. */
  void notGranted(String lease) {
    asked.remove(lease);
    endedEarly.remove(lease);
  }

  /**
   * Releases a requested lease that is no longer needed; it may have been granted, now or later.
   */
  void drop(String lease) {
    notGranted(lease);
    returns.add(lease, this::returned);
  }

  /** Whether a KeepAlive reported the end of a lease before the answer that grants it arrived. */
  boolean hasEndedEarly(String lease) {
    return endedEarly.contains(lease);
  }

  /** Records a granted lease, counted once for the lookup that requested it. */
  SharedLease adopt(LeaseGrant grant, SessionEpoch opening) {
    notGranted(grant.id());
    var lease = new SharedLease(grant, opening, gone -> loop.execute(() -> giveBack(gone)));
    boolean unused = lease.enter();
    if (!lingers) {
      lease.unwant();
    }
    held.put(grant.id(), lease);
    SharedLease before = grant.slot().lease();
    grant.slot().put(lease);
    if (before != null) {
      before.unwant();
    }
    return lease;
  }

  private void giveBack(SharedLease lease) {
    lease.slot().remove(lease);
    returns.add(lease.id(), this::returned);
  }

  private void returned(String id) {
    held.remove(id);
  }

  /** Handles the report of a KeepAlive that the server ended a lease. */
  void endedByServer(String id) {
    SharedLease lease = held.get(id);
    if (lease != null) {
      lose(lease, LossCause.FORCED, "forced");
    } else if (asked.contains(id)) {
      endedEarly.add(id);
    } else {
      returns.add(id, this::returned);
    }
  }

  /** Marks a lease as lost: no new handle can be opened on it, and open handles are notified. */
  void lose(SharedLease lease, LossCause cause, String detail) {
    if (lease.lost() != null) {
      return;
    }
    LeaseSlot slot = lease.slot();
    var news =
        new LeaseLost(cause, detail, lease.id(), slot.datastore(), slot.operation(), lease.token());
    List<SharedLease.Watcher> watchers = lease.lose(news);
    slot.remove(lease);
    counters.leasesLost.increment();
    metrics.leaseLost(cause);
    for (SharedLease.Watcher watcher : watchers) {
      callbacks.execute(
          () -> {
            if (!watcher.handle().isClosed()) {
              watcher.action().accept(news);
            }
          });
    }
    callbacks.tell(listener -> listener.onLeaseLost(news));
    lease.unwant();
  }

  void loseAll(LossCause cause, String detail) {
    new ArrayList<>(held.values()).forEach(lease -> lose(lease, cause, detail));
  }

  /** Loses the leases of an opening that no later opening has confirmed. */
  void loseThoseOf(SessionEpoch opening, LossCause cause, String detail) {
    for (SharedLease lease : new ArrayList<>(held.values())) {
      if (lease.opening() == opening) {
        lose(lease, cause, detail);
      }
    }
  }

  /**
   * The number of leases that are held, not lost, not being released, and confirmed by an opening.
   */
  long confirmed(SessionEpoch opening) {
    return held.values().stream()
        .filter(lease -> lease.lost() == null && lease.opening() == opening)
        .filter(lease -> !returns.has(lease.id()))
        .count();
  }

  /** The leases that are held, not lost and not being released, but not confirmed by an opening. */
  List<SharedLease> unconfirmed(SessionEpoch opening) {
    return held.values().stream()
        .filter(lease -> lease.lost() == null && lease.opening() != opening)
        .filter(lease -> !returns.has(lease.id()))
        .toList();
  }

  /**
   * Releases leases that were unused for the linger time, and drops slots of unknown datastores.
   */
  void sweep(long now, View view) {
    for (SharedLease lease : new ArrayList<>(held.values())) {
      lease.sweep(now, linger);
    }
    slots
        .entrySet()
        .removeIf(
            entry ->
                view.find(entry.getKey()) == null
                    && entry.getValue().read.lease() == null
                    && entry.getValue().write.lease() == null);
  }

  boolean knows(String id) {
    return asked.contains(id) || held.containsKey(id) || returns.has(id);
  }

  /** The maximum number of leases that the server may count. */
  int known() {
    long both = held.keySet().stream().filter(returns::has).count();
    return Math.toIntExact(asked.size() + held.size() + returns.size() - both);
  }

  Collection<SharedLease> held() {
    return held.values();
  }

  int releasing() {
    return returns.size();
  }

  /** Forgets all leases: the session is closed, which ends them at the server. */
  void close() {
    loseAll(LossCause.CLIENT_CLOSED, "closed");
    returns.forget();
    held.clear();
    asked.clear();
  }
}
