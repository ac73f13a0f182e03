package io.datastored.watch;

import com.google.common.collect.ImmutableList;
import io.datastored.history.Generation;
import io.datastored.history.Revision;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A watcher is one reader's cursor: the position up to which frames were handed over. Confined to
 * one thread at a time, except {@link #close}, {@link #signal} and {@link #told}.
 *
 * <p>It owns no buffer. What it has missed is computed from the newest snapshot when its transport
 * has room, merged into one frame however long that took.
 */
public final class Watcher implements AutoCloseable, Comparable<Watcher> {
  private static final long NOT_STARTED = -1;

  private final Supplier<Head> newest;
  private final Consumer<Watcher> leaving;
  private final Group group;
  private final Duration bookmarkInterval;
  private final Runnable signal;
  private final long order;
  private final Optional<Revision> known;
  private volatile @Nullable Cursor cursor;

  /** The group's touches up to the last frame; {@link #NOT_STARTED} before the first. */
  private long touches = NOT_STARTED;

  /**
   * @param newest the head of the feed
   * @param leaving ends the membership; idempotent
   * @param order the position in the order of signals
   * @param signal called when there may be a frame
   */
  Watcher(
      Supplier<Head> newest,
      Consumer<Watcher> leaving,
      Group group,
      WatchRequest request,
      long order,
      Runnable signal) {
    this.newest = newest;
    this.leaving = leaving;
    this.group = group;
    this.bookmarkInterval = request.bookmarkInterval();
    this.signal = signal;
    this.order = order;
    this.known = request.known();
  }

  /**
   * The frame that is due, if any.
   *
   * <p>Does not move the cursor: between cutting a frame and handing over its last part, the stream
   * may be stopped or asked for a bookmark, which must not include the frame.
   */
  public Optional<SharedFrame> next() {
    Head head = newest.get();
    Mark mark = group.mark(); // after the head, see bookmark()
    if (mark.serial() > head.serial()) {
      // A publication after this head is under way or has just come, and its signal is still to
      // come. A frame cut now would count the generation without its change.
      return Optional.empty();
    }
    if (mark.touches() == touches) {
      return Optional.empty();
    }
    Cut cut = new Cut(head, group.selection(), group.view());
    Optional<Revision> position = told().or(() -> known);
    return Optional.of(
        head.reasonForSnapshot(position)
            .map(
                reason ->
                    group.shared(
                        new Origin.Anew(reason, head.serial()), mark, () -> cut.snapshot(reason)))
            .orElseGet(() -> continued(cut, mark, position.orElseThrow().generation())));
  }

  private SharedFrame continued(Cut cut, Mark mark, Generation since) {
    if (isStarted()) {
      return group.shared(
          new Origin.Following(touches), mark, () -> cut.change(since, mark.touches() - touches));
    }
    if (cut.isQuietSince(since)) {
      return group.alone(cut.firstBookmark(bookmarkInterval), mark.touches());
    }
    return group.shared(
        new Origin.Resumed(since), mark, () -> cut.change(since, cut.generationsSince(since)));
  }

  /**
   * A bookmark for the revision up to which this watcher was sent everything. Only after its first
   * frame.
   *
   * <p>It is the cursor and not the head: a client that resumes from a revision never gets what
   * came before it. The head is valid only if nothing selected was touched in between.
   */
  public SharedFrame bookmark() {
    // The head first, then the mark. Publications set the marks of what they touch and then the
    // head, so a mark that is read after the head shows every touch up to that head. In the other
    // order, a publication between the two reads would be missing in the old mark and included in
    // the new head: a bookmark for a change that was never sent.
    Head head = newest.get();
    Mark mark = group.mark();
    Revision told =
        mark.touches() == touches
            ? head.revision()
            : told().orElseThrow(IllegalStateException::new);
    group.forgetFrames();
    return group.alone(new Frame.Bookmark(told, ImmutableList.of(), bookmarkInterval), touches);
  }

  /** Moves the cursor: every part of the frame is with the transport. */
  public void handedOver(SharedFrame sent) {
    Revision reached = sent.frame().revision();
    Cursor before = cursor;
    Cursor after = before == null ? new Cursor(reached) : before.movedTo(reached);
    if (after != before) {
      cursor = after;
    }
    touches = sent.touches();
  }

  /**
   * The revision up to which everything was handed over; empty before the first frame. Any thread
   * may call it.
   */
  public Optional<Revision> told() {
    Cursor now = cursor;
    return now == null ? Optional.empty() : Optional.of(now.revision());
  }

  /** Whether something selected was touched and not yet handed over. */
  public boolean isBehind() {
    return group.mark().touches() != touches;
  }

  /** Whether a first frame was handed over. */
  public boolean isStarted() {
    return touches != NOT_STARTED;
  }

  void signal() {
    signal.run();
  }

  /**
   * Watchers of one connection are adjacent, so what they send leaves in one write instead of one
   * for each.
   */
  @Override
  public int compareTo(Watcher other) {
    return Long.compare(order, other.order);
  }

  Group group() {
    return group;
  }

  /** Leaves the feed. Idempotent; any thread may call it. */
  @Override
  public void close() {
    leaving.accept(this);
  }

  @Override
  public String toString() {
    return "Watcher[" + group.selection() + ", " + cursor + "]";
  }
}
