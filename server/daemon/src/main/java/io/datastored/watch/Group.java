package io.datastored.watch;

import com.google.common.collect.ImmutableList;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * A group is the watchers of one scope, which share touches and frames. Thread-safe: members and
 * mark are changed under the feed's lock and read without one.
 */
final class Group {
  /** Slow watchers have different origins; beyond this many origins, sharing saves nothing. */
  private static final int SHARED_ORIGINS = 32;

  private final Scope scope;
  private final FrameEncoder encoder;
  private final Seat seat;

  /** In the order in which they are signalled, see {@link Watcher#compareTo}. */
  private final Set<Watcher> members = new ConcurrentSkipListSet<>();

  private volatile int size;
  private final AtomicBoolean due = new AtomicBoolean();
  private volatile Mark mark;
  private volatile Frames frames;

  private record Frames(long touches, Map<Origin, SharedFrame> byOrigin) {
    static Frames upTo(long touches) {
      return new Frames(touches, new ConcurrentHashMap<>(2));
    }
  }

  Group(Scope scope, FrameEncoder encoder, long serial) {
    this.scope = scope;
    this.encoder = encoder;
    this.mark = new Mark(0, serial);
    this.frames = Frames.upTo(0);
    this.seat = new Seat(this);
  }

  Scope scope() {
    return scope;
  }

  /** The seat that new watchers share. */
  Seat seat() {
    return seat;
  }

  Mark mark() {
    return mark;
  }

  /** Counts a publication that touched the scope. Call it under the feed's lock. */
  void touch(long generations, long serial) {
    mark = new Mark(mark.touches() + generations, serial);
  }

  /** Adds a watcher. Call it under the feed's lock. */
  void join(Watcher watcher) {
    members.add(watcher);
    size = size + 1;
  }

  /** Removes a watcher; true if it was a member. Call it under the feed's lock. */
  boolean leave(Watcher watcher) {
    boolean was = members.remove(watcher);
    if (was) {
      size = size - 1;
    }
    return was;
  }

  /** The watchers at the moment. Call it under the feed's lock. */
  ImmutableList<Watcher> members() {
    return ImmutableList.copyOf(members);
  }

  boolean isEmpty() {
    return size == 0;
  }

  /**
   * The frame from {@code origin} to the touches of {@code target}, made by {@code cut} unless it
   * was already made for another watcher. The revision of such an earlier frame may be older than
   * the head: nothing in scope was touched between the two.
   */
  SharedFrame shared(Origin origin, Mark target, Supplier<Frame> cut) {
    Frames shared = frames;
    if (shared.touches() != target.touches()) {
      shared = Frames.upTo(target.touches());
      frames = shared;
    }
    SharedFrame known = shared.byOrigin().get(origin);
    if (known != null) {
      return known;
    }
    if (size < 2 || shared.byOrigin().size() >= SHARED_ORIGINS) {
      return alone(cut.get(), target.touches());
    }
    // Of snapshots, only the newest is worth keeping, because they are large.
    shared.byOrigin().keySet().removeIf(Origin.Anew.class::isInstance);
    return shared.byOrigin().computeIfAbsent(origin, missing -> alone(cut.get(), target.touches()));
  }

  /** A frame for one watcher only. */
  SharedFrame alone(Frame frame, long touches) {
    return new SharedFrame(frame, touches, encoder);
  }

  /** Drops shared frames: a stream that has time for a bookmark shows that the burst is over. */
  void forgetFrames() {
    if (!frames.byOrigin().isEmpty()) {
      frames = Frames.upTo(mark.touches());
    }
  }

  /** Marks this group as due; true if the caller must queue it for signalling. */
  boolean becomeDue() {
    return due.compareAndSet(false, true);
  }

  /** Signals every watcher. */
  void signal() {
    // Cleared first. A publication during the loop makes the group due again; if the flag were
    // cleared afterwards, the publication would find the group still due, and watchers signalled
    // before it would miss it.
    due.set(false);
    members.forEach(Watcher::signal);
  }
}
