package io.datastored.client;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The lease book has every lease that the server may count for this client: asked for, held, or
 * being given back. Confined to the loop.
 */
final class LeaseBook {

  private record Slots(LeaseSlot read, LeaseSlot write) {}

  private final Loop loop;
  private final PendingReleases returns;
  private final Callbacks callbacks;
  private final Counters counters;
  private final ClientMetrics metrics;

  /** Whether idle leases are kept: a client that hears of no mode would keep drains waiting. */
  private final boolean lingers;

  private final long linger;

  private final Map<String, Slots> slots = new HashMap<>();
  private final Set<String> asked = new HashSet<>();
  private final Map<String, SharedLease> held = new HashMap<>();

  /** Asked for, and already ended by the server before the answer that grants them was here. */
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

  /** The one slot of a datastore and an operation that is counted. */
  LeaseSlot slot(String datastore, Operation operation) {
    Slots both =
        slots.computeIfAbsent(
            datastore,
            name ->
                new Slots(
                    new LeaseSlot(name, Operation.READ), new LeaseSlot(name, Operation.WRITE)));
    return operation == Operation.WRITE ? both.write : both.read;
  }

  /** Whether the server can count none. */
  boolean isEmpty() {
    return held.isEmpty() && asked.isEmpty();
  }

  /** Before a lease is asked for: the server may count it before the answer is here. */
  void asking(String lease) {
    asked.add(lease);
  }

  /** It was not granted. */
  void notGranted(String lease) {
    asked.remove(lease);
    endedEarly.remove(lease);
  }

  /** Nobody waits for it any more, and it may have been granted, now or later. */
  void drop(String lease) {
    notGranted(lease);
    returns.add(lease, this::returned);
  }

  /** Whether a KeepAlive has told that it was ended, before its answer came. */
  boolean hasEndedEarly(String lease) {
    return endedEarly.contains(lease);
  }

  /** A lease that was granted, counted once for whoever asked. */
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

  /** A KeepAlive has told that the server ended it. */
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

  /** It is not promised any more: nobody gets a handle on it, those who have one are told. */
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

  /** Those that no later opening has confirmed. */
  void loseThoseOf(SessionEpoch opening, LossCause cause, String detail) {
    for (SharedLease lease : new ArrayList<>(held.values())) {
      if (lease.opening() == opening) {
        lose(lease, cause, detail);
      }
    }
  }

  /** How many are held, not lost, and confirmed by this opening. */
  long confirmed(SessionEpoch opening) {
    return held.values().stream()
        .filter(lease -> lease.lost() == null && lease.opening() == opening)
        .filter(lease -> !returns.has(lease.id()))
        .count();
  }

  /** Held and not lost, but not confirmed by this opening. */
  List<SharedLease> unconfirmed(SessionEpoch opening) {
    return held.values().stream()
        .filter(lease -> lease.lost() == null && lease.opening() != opening)
        .filter(lease -> !returns.has(lease.id()))
        .toList();
  }

  /** Gives back what was not used for the linger time, and forgets names that nobody has. */
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

  /** How many leases the server may count at most. */
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

  /** The session is closed, and with it everything at the server. */
  void close() {
    loseAll(LossCause.CLIENT_CLOSED, "closed");
    returns.forget();
    held.clear();
    asked.clear();
  }
}
