package io.datastored.client.internal.cache;

import io.datastored.client.LeaseLost;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A shared lease is one lease at the server with the local handles that share it. Thread-safe:
 * handles enter and exit on any thread, everything else is done by the loop.
 */
public final class SharedLease {

  private record Watcher(Object handle, Consumer<LeaseLost> action) {}

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
  public SharedLease(LeaseGrant grant, SessionEpoch opening, Consumer<SharedLease> givenBack) {
    this.grant = grant;
    this.opening = opening;
    this.givenBack = givenBack;
  }

  public String id() {
    return grant.id();
  }

  public LeaseSlot slot() {
    return grant.slot();
  }

  public long token() {
    return grant.token();
  }

  public LeaseGrant grant() {
    return grant;
  }

  public SessionEpoch opening() {
    return opening;
  }

  /** Only for the loop: a later opening has confirmed the lease. */
  public void confirm(SessionEpoch later) {
    opening = later;
  }

  /** Counts a handle; false if the lease was released. */
  public boolean enter() {
    used = true;
    return count.enter();
  }

  /** Counts one handle less. The last one releases the lease if it is unwanted. */
  public void exit() {
    // Count down, then read: the loop sets "unwanted" and then reads the count, so at least one of
    // the two threads sees both the zero and the flag.
    if (count.exit() && unwanted) {
      giveBackIfIdle();
    }
  }

  /** Whether a new handle may be granted; to be called after it was counted. */
  public boolean isGood(SessionEpoch current) {
    return opening == current && lost == null;
  }

  /** Only for the loop: releases the lease as soon as no handle is open on it. */
  public void unwant() {
    unwanted = true;
    giveBackIfIdle();
  }

  /** Only for the loop: keeps the lease again, because the conflicting mode is over. */
  public void wantAgain() {
    unwanted = lost != null;
  }

  private void giveBackIfIdle() {
    if (count.close()) {
      givenBack.accept(this);
    }
  }

  /** Only for the loop: releases the lease if it was unused for the linger time, in nanoseconds. */
  public void sweep(long now, long linger) {
    if (used || count.handles() != 0) {
      used = false;
      lastUsed = now;
    } else if (now - lastUsed >= linger) {
      giveBackIfIdle();
    }
  }

  public long handles() {
    return count.handles();
  }

  public @Nullable LeaseLost lost() {
    return lost;
  }

  /** Only for the loop, once: marks the lease as lost; the result is the actions to run. */
  public List<Consumer<LeaseLost>> lose(LeaseLost news) {
    synchronized (watchers) {
      lost = news;
      List<Consumer<LeaseLost>> actions = watchers.stream().map(Watcher::action).toList();
      watchers.clear();
      return actions;
    }
  }

  /** Adds the action of a handle; if the lease is already lost, returns the loss instead. */
  @Nullable LeaseLost watch(Object handle, Consumer<LeaseLost> action) {
    synchronized (watchers) {
      LeaseLost news = lost;
      if (news == null) {
        watchers.add(new Watcher(handle, action));
      }
      return news;
    }
  }

  void unwatch(Object handle) {
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
