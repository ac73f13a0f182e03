package io.datastored.watch;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * A group is the watchers of one selection and view; they share touches and frames. Thread-safe:
 * members and mark are changed under the feed's lock and read without one.
 */
final class Group {
  /**
   * Slow watchers each come from somewhere else; beyond this many origins sharing saves nothing.
   */
  private static final int SHARED_ORIGINS = 32;

  private final Selection selection;
  private final View view;
  private final FrameEncoder encoder;

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

  Group(Selection selection, View view, FrameEncoder encoder, long serial) {
    this.selection = selection;
    this.view = view;
    this.encoder = encoder;
    this.mark = new Mark(0, serial);
    this.frames = Frames.upTo(0);
  }

  Selection selection() {
    return selection;
  }

  View view() {
    return view;
  }

  Mark mark() {
    return mark;
  }

  /** Counts a publication that touched the selection. Only under the feed's lock. */
  void touch(long generations, long serial) {
    mark = new Mark(mark.touches() + generations, serial);
  }

  /** Only under the feed's lock. */
  void join(Watcher watcher) {
    members.add(watcher);
    size = size + 1;
  }

  /** Whether it was a member. Only under the feed's lock. */
  boolean leave(Watcher watcher) {
    boolean was = members.remove(watcher);
    if (was) {
      size = size - 1;
    }
    return was;
  }

  boolean isEmpty() {
    return size == 0;
  }

  /**
   * The frame from {@code origin} to the touches of {@code target}, made by {@code cut} unless
   * another watcher had it made before. The revision of a frame made before may be older than the
   * head: nothing selected was touched between the two.
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
    // Of snapshots only the newest is worth keeping: they are the large ones.
    shared.byOrigin().keySet().removeIf(Origin.Anew.class::isInstance);
    return shared.byOrigin().computeIfAbsent(origin, missing -> alone(cut.get(), target.touches()));
  }

  /** A frame for one watcher. */
  SharedFrame alone(Frame frame, long touches) {
    return new SharedFrame(frame, touches, encoder);
  }

  /** Forgets shared frames: a stream that has time for a bookmark says that the rush is over. */
  void forgetFrames() {
    if (!frames.byOrigin().isEmpty()) {
      frames = Frames.upTo(mark.touches());
    }
  }

  /** Whether the caller is the one to put this group among those to be signalled. */
  boolean becomeDue() {
    return due.compareAndSet(false, true);
  }

  /** Signals every watcher. */
  void signal() {
    // Cleared first. A publication during the loop makes the group due again; cleared afterwards it
    // would find the group still due, and those signalled before it would never hear of it.
    due.set(false);
    members.forEach(Watcher::signal);
  }
}
