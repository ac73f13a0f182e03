package io.datastored.client;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A shared lease is one lease at the server and the local handles that share it. Thread-safe:
 * handles come and go on any thread, everything else is decided by the loop.
 */
final class SharedLease {

  /** Whom a handle tells when the lease is lost. */
  record Watcher(Handle handle, Consumer<LeaseLost> action) {}

  private final LeaseGrant grant;
  private final Consumer<SharedLease> givenBack;
  private final LeaseCount count = new LeaseCount();

  private volatile SessionEpoch opening;
  private volatile boolean unwanted;
  private volatile @Nullable LeaseLost lost;

  /** Written by lookups without order: whether one came by since the last sweep. */
  private boolean used;

  /** Guarded by this; its watchers are few. */
  private final List<Watcher> watchers = new ArrayList<>();

  /** Of the loop: when the last sweep found it in use. */
  private long lastUsed;

  /**
   * @param opening the one that granted it
   * @param givenBack is told once, by the thread that closed the count
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

  /** By the loop only: a later opening has confirmed it. */
  void confirm(SessionEpoch later) {
    opening = later;
  }

  /** Counts a handle; false when the lease was given back. */
  boolean enter() {
    used = true;
    return count.enter();
  }

  /** Counts a handle less. The last one gives the lease back if it is not wanted any more. */
  void exit() {
    // Counted down, then looked: whoever says "unwanted" looks at the count after it, so of the
    // last handle and him at least one finds both.
    if (count.exit() && unwanted) {
      giveBackIfIdle();
    }
  }

  /** Whether a new handle may be given, after it was counted. */
  boolean isGood(SessionEpoch current) {
    return opening == current && lost == null;
  }

  /** By the loop only: it goes back as soon as nobody works under it. */
  void unwant() {
    unwanted = true;
    giveBackIfIdle();
  }

  /** By the loop only: the mode that was in its way is over. */
  void wantAgain() {
    unwanted = lost != null;
  }

  private void giveBackIfIdle() {
    if (count.close()) {
      givenBack.accept(this);
    }
  }

  /** By the loop only: gives it back if nobody has used it for so long. */
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

  /** By the loop only, once: nobody gets a new handle, and those who asked to be told are. */
  List<Watcher> lose(LeaseLost news) {
    synchronized (watchers) {
      lost = news;
      var told = List.copyOf(watchers);
      watchers.clear();
      return told;
    }
  }

  /** Has a handle told of the loss; answers the news if there are some already. */
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
