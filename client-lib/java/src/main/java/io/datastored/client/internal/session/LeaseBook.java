package io.datastored.client.internal.session;

import io.datastored.client.ClientMetrics;
import io.datastored.client.ClientOptions;
import io.datastored.client.LeaseLost;
import io.datastored.client.LossCause;
import io.datastored.client.Operation;
import io.datastored.client.internal.cache.LeaseGrant;
import io.datastored.client.internal.cache.LeaseSlot;
import io.datastored.client.internal.cache.SessionEpoch;
import io.datastored.client.internal.cache.SharedLease;
import io.datastored.client.internal.cache.View;
import io.datastored.client.internal.loop.Callbacks;
import io.datastored.client.internal.loop.Counters;
import io.datastored.client.internal.loop.Loop;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The lease book records every lease that the server may count for this client: requested, held, or
 * being released. Confined to the loop.
 */
public final class LeaseBook {

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
  private final Set<String> requested = new HashSet<>();
  private final Map<String, SharedLease> held = new HashMap<>();

  /** Requested leases that the server ended before the answer that grants them arrived. */
  private final Set<String> endedEarly = new HashSet<>();

  public LeaseBook(
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
  public LeaseSlot slot(String datastore, Operation operation) {
    Slots both =
        slots.computeIfAbsent(
            datastore,
            name ->
                new Slots(
                    new LeaseSlot(name, Operation.READ), new LeaseSlot(name, Operation.WRITE)));
    return operation == Operation.WRITE ? both.write : both.read;
  }

  /** Whether the server cannot count any lease that is held or requested. */
  public boolean isEmpty() {
    return held.isEmpty() && requested.isEmpty();
  }

  /** Records a lease before it is requested: the server may count it before the answer arrives. */
  public void requesting(String lease) {
    requested.add(lease);
  }

  /** Forgets that a lease was requested. */
  public void notGranted(String lease) {
    requested.remove(lease);
    endedEarly.remove(lease);
  }

  /**
   * Releases a requested lease that is no longer needed; it may have been granted, now or later.
   */
  public void drop(String lease) {
    notGranted(lease);
    returns.add(lease, this::returned);
  }

  /** Whether a KeepAlive reported the end of a lease before the answer that grants it arrived. */
  public boolean hasEndedEarly(String lease) {
    return endedEarly.contains(lease);
  }

  /** Records a granted lease, counted once for the lookup that requested it. */
  public SharedLease adopt(LeaseGrant grant, SessionEpoch opening) {
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
  public void endedByServer(String id) {
    SharedLease lease = held.get(id);
    if (lease != null) {
      lose(lease, LossCause.FORCED, "forced");
    } else if (requested.contains(id)) {
      endedEarly.add(id);
    } else {
      returns.add(id, this::returned);
    }
  }

  /** Marks a lease as lost: no new handle can be opened on it, and open handles are notified. */
  public void lose(SharedLease lease, LossCause cause, String detail) {
    if (lease.lost() != null) {
      return;
    }
    LeaseSlot slot = lease.slot();
    var news =
        new LeaseLost(cause, detail, lease.id(), slot.datastore(), slot.operation(), lease.token());
    List<Consumer<LeaseLost>> actions = lease.lose(news);
    slot.remove(lease);
    counters.leasesLost.increment();
    metrics.leaseLost(cause);
    actions.forEach(action -> callbacks.execute(() -> action.accept(news)));
    callbacks.tell(listener -> listener.onLeaseLost(news));
    lease.unwant();
  }

  public void loseAll(LossCause cause, String detail) {
    new ArrayList<>(held.values()).forEach(lease -> lose(lease, cause, detail));
  }

  /** Loses the leases whose opening is over. */
  void loseExpired(long now) {
    for (SharedLease lease : new ArrayList<>(held.values())) {
      if (!lease.opening().isLive(now)) {
        lose(lease, LossCause.EXPIRED, "expired");
      }
    }
  }

  /** Loses the leases of an opening that no later opening has confirmed. */
  public void loseThoseOf(SessionEpoch opening, LossCause cause, String detail) {
    for (SharedLease lease : new ArrayList<>(held.values())) {
      if (lease.opening() == opening) {
        lose(lease, cause, detail);
      }
    }
  }

  /**
   * The number of leases that are held, not lost, not being released, and confirmed by an opening.
   */
  public long confirmed(SessionEpoch opening) {
    return held.values().stream()
        .filter(lease -> lease.lost() == null && lease.opening() == opening)
        .filter(lease -> !returns.has(lease.id()))
        .count();
  }

  /** The leases that are held, not lost and not being released, but not confirmed by an opening. */
  public List<SharedLease> unconfirmed(SessionEpoch opening) {
    return held.values().stream()
        .filter(lease -> lease.lost() == null && lease.opening() != opening)
        .filter(lease -> !returns.has(lease.id()))
        .toList();
  }

  /**
   * Releases leases that were unused for the linger time, and drops slots of unknown datastores.
   */
  public void sweep(long now, View view) {
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

  public boolean knows(String id) {
    return requested.contains(id) || held.containsKey(id) || returns.has(id);
  }

  /** The maximum number of leases that the server may count. */
  public int known() {
    long both = held.keySet().stream().filter(returns::has).count();
    return Math.toIntExact(requested.size() + held.size() + returns.size() - both);
  }

  public Collection<SharedLease> held() {
    return held.values();
  }

  public int releasing() {
    return returns.size();
  }

  /** Forgets all leases: the session is closed, which ends them at the server. */
  public void close() {
    loseAll(LossCause.CLIENT_CLOSED, "closed");
    returns.forget();
    held.clear();
    requested.clear();
  }
}
