package io.datastored.lease;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * An expiry wheel holds leases or sessions by the tick in which something happens to them.
 * Thread-safe: any thread files and withdraws, without a lock beyond a map's bin; one thread at a
 * time turns.
 *
 * <p>A renewal leaves its lease in place: the lease is examined once in that tick and filed again
 * under its new deadline. So a turn costs as much as is due in it, a lease is touched once per ttl,
 * and a released lease is withdrawn at once and holds no memory.
 */
final class ExpiryWheel<E extends WheelEntry> {

  private final ConcurrentHashMap<Long, Set<E>> ticks = new ConcurrentHashMap<>();
  private final long tickNanos;

  /** All ticks up to this one were handed out. */
  private volatile long turned;

  ExpiryWheel(Duration tick) {
    this.tickNanos = tick.toNanos();
  }

  /** Files an entry under the first tick that begins after it is due and was not handed out. */
  void file(E lease) {
    long tick = lease.due() / tickNanos + 1;
    while (true) {
      tick = Math.max(tick, turned + 1);
      lease.filedAt(tick);
      setOf(tick).add(lease);
      // File, then check again. A turn raises `turned`, then takes the set: if the tick is still
      // ahead here, the turn will find the lease in it. Without the second check, a lease added to
      // a set that was already taken would never be examined again and would count indefinitely.
      if (turned < tick) {
        return;
      }
      // Atomic with the turn's taking of the set: other entries in it may not have been handed out
      // yet.
      ticks.computeIfPresent(
          tick,
          (passed, filed) -> {
            filed.remove(lease);
            return filed.isEmpty() ? null : filed;
          });
    }
  }

  /** Removes an entry to which nothing more will happen. */
  void withdraw(E lease) {
    Set<E> filed = ticks.get(lease.filedAt());
    if (filed != null) {
      filed.remove(lease);
    }
  }

  /** Hands out every entry that is filed under a tick up to now. */
  void turn(long now, Consumer<E> onDue) {
    long upTo = now / tickNanos;
    for (long tick = turned + 1; tick <= upTo; tick++) {
      turned = tick;
      Set<E> due = ticks.remove(tick);
      if (due != null) {
        for (E lease : due) {
          // An entry that was filed while the turn ran is in two sets, and the later one is valid.
          if (lease.filedAt() == tick) {
            onDue.accept(lease);
          }
        }
      }
    }
  }

  /** The number of filed entries; for tests. */
  int size() {
    return ticks.values().stream().mapToInt(Set::size).sum();
  }

  private Set<E> setOf(long tick) {
    Set<E> filed = ticks.get(tick);
    return filed != null
        ? filed
        : ticks.computeIfAbsent(tick, unused -> ConcurrentHashMap.newKeySet());
  }
}
