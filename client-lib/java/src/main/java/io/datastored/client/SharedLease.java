package io.datastored.client;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A shared lease is one lease at the server with the local handles that share it. Thread-safe:
 * handles enter and exit on any thread, everything else is done by the loop.
 */
final class SharedLease {

  /** A watcher is the action of a handle for the loss of the lease. */
  record Watcher(Handle handle, Consumer<LeaseLost> action) {}

  private final LeaseGrant grant;
  private final Consumer<SharedLease> givenBack;
  private final LeaseCount count = new LeaseCount();

  private volatile SessionEpoch opening;
  private volatile boolean unwanted;
  private volatile @Nullable LeaseLost lost;

  /** Whether a lookup used the lease since the last sweep. Written without ordering. */
  private boolean used;

  /** Guarded by itself; watchers are few. */
  private final List<Watcher> watchers = new ArrayList<>();

  /** When the last sweep found the lease in use. Confined to the loop. */
  private long lastUsed;

  /**
   * @param opening the opening that granted the lease
   * @param givenBack called once, by the thread that closed the count
   */
  SharedLease(LeaseGrant grant, SessionEpoch opening, Consumer<SharedLease> givenBack) {
    this.grant = grant;
    this.opening = opening;
    this.givenBack = givenBack;
  }

  String id() {
    return grant.id();
  }

  LeaseSlot slot() {
    return grant.slot();
  }

  long token() {
    return grant.token();
  }

  LeaseGrant grant() {
    return grant;
  }

  SessionEpoch opening() {
    return opening;
  }

  /** Only for the loop: a later opening has confirmed the lease. */
  void confirm(SessionEpoch later) {
    opening = later;
  }

  /** Counts a handle; false if the lease was released. */
  boolean enter() {
    used = true;
    return count.enter();
  }

  /** Counts one handle less. The last one releases the lease if it is unwanted. */
  void exit() {
    // Count down, then read: the loop sets "unwanted" and then reads the count, so at least one of
    // the two threads sees both the zero and the flag.
    if (count.exit() && unwanted) {
      giveBackIfIdle();
    }
  }

  /** Whether a new handle may be granted; to be called after it was counted. */
  boolean isGood(SessionEpoch current) {
    return opening == current && lost == null;
  }

  /** Only for the loop: releases the lease as soon as no handle is open on it. */
  void unwant() {
    unwanted = true;
    giveBackIfIdle();
  }

  /** Only for the loop: keeps the lease again, because the conflicting mode is over. */
  void wantAgain() {
    unwanted = lost != null;
  }

  private void giveBackIfIdle() {
    if (count.close()) {
      givenBack.accept(this);
    }
  }

  /** Only for the loop: releases the lease if it was unused for the linger time, in nanoseconds. */
  void sweep(long now, long linger) {
    if (used || count.handles() != 0) {
      used = false;
      lastUsed = now;
    } else if (now - lastUsed >= linger) {
      giveBackIfIdle();
    }
  }

  long handles() {
    return count.handles();
  }

  @Nullable LeaseLost lost() {
    return lost;
  }

  /** Only for the loop, once: marks the lease as lost; the result is the watchers to notify. */
  List<Watcher> lose(LeaseLost news) {
    synchronized (watchers) {
      lost = news;
      var told = List.copyOf(watchers);
      watchers.clear();
      return told;
    }
  }

  /** Adds a watcher; if the lease is already lost, returns the loss instead. */
  @Nullable LeaseLost watch(Watcher watcher) {
    synchronized (watchers) {
      LeaseLost news = lost;
      if (news == null) {
        watchers.add(watcher);
      }
      return news;
    }
  }

  void unwatch(Handle handle) {
    synchronized (watchers) {
      watchers.removeIf(watcher -> watcher.handle() == handle);
    }
  }

  @Override
  public String toString() {
    return "%s of %s for %s, %d handles%s"
        .formatted(
            id(), slot().datastore(), slot().operation(), handles(), lost == null ? "" : ", lost");
  }
}
