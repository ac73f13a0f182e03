package io.datastored.watch;

import com.google.common.collect.ImmutableSet;
import com.google.common.collect.SetMultimap;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.datastored.engine.ChangeListener;
import io.datastored.engine.snapshot.Change;
import io.datastored.engine.snapshot.Snapshot;
import io.datastored.history.Generation;
import io.datastored.history.Revision;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * A watch feed distributes the engine's publications to any number of watchers. Thread-safe:
 * publications, openings and closings exclude each other under one lock while they count what they
 * touch; cutting and sending frames takes no lock here.
 */
public final class WatchFeed implements ChangeListener {
  /** Enough for a thousand openings a second for thirty years. */
  private static final int OPENED_BITS = 40;

  private final Supplier<Snapshot> newest;
  private final FrameEncoder encoder;
  private final FanOut fanOut;
  private final WatchLimits limits;
  private final Object publishing = new Object();

  @GuardedBy("publishing")
  private final GroupIndex groups = new GroupIndex();

  @GuardedBy("publishing")
  private long opened;

  // Written under `publishing`, read by any thread.
  private volatile Head head;
  private volatile int watchers;

  /**
   * A feed that starts at the newest snapshot.
   *
   * @param newest the engine's newest published snapshot; never blocks, never goes back
   * @param fanOut runs the watchers' signals
   */
  public WatchFeed(
      Supplier<Snapshot> newest, FrameEncoder encoder, Executor fanOut, WatchLimits limits) {
    this.newest = newest;
    this.encoder = encoder;
    this.fanOut = new FanOut(fanOut);
    this.limits = limits;
    Snapshot start = newest.get();
    this.head = new Head(0, start, startOf(start));
  }

  @Override
  public void onChange(Change change) {
    ImmutableSet<Group> touched;
    synchronized (publishing) {
      touched = advance(change.after(), Optional.of(change));
    }
    fanOut.signal(touched);
  }

  /**
   * Opens a watch.
   *
   * @param connection a number shared by the watches of one connection
   * @param signal called on the fan-out's executor when a frame may be due; never throws. May be
   *     called before this method returns
   * @return empty if the limit of watchers is reached
   */
  public Optional<Watcher> open(WatchRequest request, long connection, Runnable signal) {
    ImmutableSet<Group> touched;
    Watcher watcher;
    synchronized (publishing) {
      if (watchers >= limits.watchers()) {
        return Optional.empty();
      }
      // The engine swaps first and then notifies its listeners. A client that was answered in
      // between knows a revision that this feed has not received: without this refresh its position
      // would be AHEAD.
      touched = advance(newest.get(), Optional.empty());
      Group group =
          groups.group(
              request.selection(),
              request.view(),
              () -> new Group(request.selection(), request.view(), encoder, head.serial()));
      watcher = new Watcher(this::head, this::leave, group, request, order(connection), signal);
      group.join(watcher);
      watchers++;
    }
    fanOut.signal(touched);
    return Optional.of(watcher);
  }

  /** Signals every watcher, as after a publication. */
  public void signalAll() {
    ImmutableSet<Group> all;
    synchronized (publishing) {
      all = groups.all();
    }
    fanOut.signal(all);
  }

  /** Whether this revision is of the current history and later than the newest snapshot. */
  public boolean isAhead(Revision known) {
    Revision now = newest.get().revision();
    return known.sameHistory(now) && known.generation().isAfter(now.generation());
  }

  /** The number of open watchers. */
  public int watchers() {
    return watchers;
  }

  /** The limits of this feed. */
  public WatchLimits limits() {
    return limits;
  }

  Head head() {
    return head;
  }

  void leave(Watcher watcher) {
    Group group = watcher.group();
    synchronized (publishing) {
      if (!group.leave(watcher)) {
        return;
      }
      watchers--;
      if (group.isEmpty()) {
        groups.remove(group);
      }
    }
  }

  /** The order by connection, then by age; unique. One word, because there are so many watchers. */
  @GuardedBy("publishing")
  private long order(long connection) {
    return connection << OPENED_BITS | opened++;
  }

  @GuardedBy("publishing")
  private ImmutableSet<Group> advance(Snapshot after, Optional<Change> told) {
    Head before = head;
    if (!isNews(before.revision(), after.revision())) {
      return ImmutableSet.of(); // already advanced by an opening
    }
    long serial = before.serial() + 1;
    Optional<Publication> published = publication(before, after, told);
    if (published.isEmpty()) {
      ImmutableSet<Group> all = groups.all();
      all.forEach(group -> group.touch(1, serial));
      head = new Head(serial, after, startOf(after));
      return all;
    }
    SetMultimap<Group, Generation> touched = groups.touchedBy(published.get());
    // The marks first, then the head: see Watcher.bookmark.
    for (Group group : touched.keySet()) {
      long generations = published.get().count(group.selection(), touched.get(group));
      group.touch(generations, serial);
    }
    head = new Head(serial, after, before.history().with(published.get()));
    return ImmutableSet.copyOf(touched.keySet());
  }

  private static boolean isNews(Revision known, Revision after) {
    return !after.sameHistory(known) || after.generation().isAfter(known.generation());
  }

  /**
   * What the new snapshot touches. Empty if that is unknown: the snapshot is of another history, or
   * removals since the head were forgotten. Then it touches every group, and each watcher computes
   * from its own cursor what it needs.
   */
  private static Optional<Publication> publication(
      Head before, Snapshot after, Optional<Change> told) {
    if (!after.revision().sameHistory(before.revision())) {
      return Optional.empty();
    }
    // The engine compares two snapshots; a datastore that came and went between them is in neither.
    Optional<Change> next =
        told.filter(change -> change.before().revision().equals(before.revision()))
            .filter(change -> change.generations() == 1);
    if (next.isPresent()) {
      return next.map(Publication::of);
    }
    return after.floor().isAfter(before.generation())
        ? Optional.empty()
        : Optional.of(Publication.since(before.generation(), after));
  }

  private History startOf(Snapshot start) {
    return History.startingAt(start.revision().generation(), limits.history());
  }
}
