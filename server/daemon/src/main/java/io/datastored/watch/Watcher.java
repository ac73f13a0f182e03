package io.datastored.watch;

import com.google.common.collect.ImmutableList;
import io.datastored.access.Subject;
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
  private final Subject subject;
  private final Duration bookmarkInterval;
  private final Runnable signal;
  private final long order;
  private final Optional<Revision> known;
  private volatile @Nullable Cursor cursor;

  /** Written under the feed's lock. */
  private volatile Seat seat;

  /** The seat for which the frame that is due was cut. */
  private @Nullable Seat cutFor;

  /**
   * The touches of the group for which the last frame was cut, up to that frame; {@link
   * #NOT_STARTED} before the first.
   */
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
    this.seat = group.seat();
    this.subject = request.subject();
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
    // The head, then the seat, then its mark. A change of rules gives out seats before the head
    // that they hold for, and so does a publication with marks. So a seat that is read after the
    // head is the one for that head or a later one, never an earlier one: what is cut from a head
    // was allowed when the head was the newest. In the other order, a change of rules and a
    // publication between the two reads would put what the new rules hide into a frame by the old.
    Head head = newest.get();
    Seat place = seat;
    Group group = place.group();
    Mark mark = group.mark();
    if (mark.serial() > head.serial() || !place.isReachedBy(head.serial())) {
      // A publication or a change of rules after this head is under way or has just come, and its
      // signal is still to come. A frame cut now would count the generation without its change.
      return Optional.empty();
    }
    Recut recut = place.due();
    if (recut == null && mark.touches() == touches) {
      return Optional.empty();
    }
    cutFor = place;
    Cut cut = new Cut(head, group.scope());
    return Optional.of(
        reasonForSnapshot(head, recut)
            .map(
                reason ->
                    group.shared(
                        new Origin.Anew(reason, head.serial()), mark, () -> cut.snapshot(reason)))
            .orElseGet(() -> continued(cut, group, mark, recut)));
  }

  private Optional<SnapshotReason> reasonForSnapshot(Head head, @Nullable Recut recut) {
    if (!isStarted()) {
      return head.reasonForFirstSnapshot(known);
    }
    return head.reasonForSnapshot(told())
        .or(
            () ->
                recut == Recut.Snapshot.ANEW
                    ? Optional.of(SnapshotReason.RIGHTS_CHANGED)
                    : Optional.empty());
  }

  private SharedFrame continued(Cut cut, Group group, Mark mark, @Nullable Recut recut) {
    Generation since = told().or(() -> known).orElseThrow().generation();
    if (isStarted()) {
      return recut instanceof Recut.Change change
          ? moved(cut, group, mark, change, since)
          : group.shared(
              new Origin.Following(touches),
              mark,
              () -> cut.change(since, mark.touches() - touches));
    }
    if (cut.isQuietSince(since)) {
      return group.alone(cut.firstBookmark(bookmarkInterval), mark.touches());
    }
    return group.shared(
        new Origin.Resumed(since), mark, () -> cut.change(since, cut.generationsSince(since)));
  }

  /**
   * Counts what touched the previous scope while it held, and what has touched the new one since.
   */
  private SharedFrame moved(Cut cut, Group group, Mark mark, Recut.Change recut, Generation since) {
    long generations = recut.left() - touches + mark.touches() - recut.joined();
    return group.shared(
        new Origin.Moved(recut.before(), recut.at().serial(), touches),
        mark,
        () -> cut.recut(recut, since, generations));
  }

  /**
   * A bookmark for the revision up to which this watcher was sent everything. Only after its first
   * frame.
   *
   * <p>It is the cursor and not the head: a client that resumes from a revision never gets what
   * came before it. The head is valid only if nothing in scope was touched in between.
   */
  public SharedFrame bookmark() {
    // The head first, then the mark. Publications set the marks of what they touch and then the
    // head, so a mark that is read after the head shows every touch up to that head. In the other
    // order, a publication between the two reads would be missing in the old mark and included in
    // the new head: a bookmark for a change that was never sent.
    // The same holds for the seat, which a change of rules sets before the head.
    Head head = newest.get();
    Seat place = seat;
    Group group = place.group();
    Mark mark = group.mark();
    Revision told =
        place.due() == null && mark.touches() == touches
            ? head.revision()
            : told().orElseThrow(IllegalStateException::new);
    cutFor = null;
    group.forgetFrames();
    return group.alone(
        new Frame.Bookmark(told, group.scope(), ImmutableList.of(), bookmarkInterval), touches);
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
    // If the seat has been replaced since the frame was cut, the recut of the new one is still due.
    Seat served = cutFor;
    if (served != null && served == seat) {
      served.settle();
    }
  }

  /**
   * Whether the rights have changed since the frame that is being handed over was cut, so that the
   * rest of it may show what is now hidden.
   */
  public boolean isOvertaken() {
    return cutFor != seat;
  }

  /** What this watcher gets at the moment. Any thread may call it. */
  public Scope scope() {
    return group().scope();
  }

  /**
   * The revision up to which everything was handed over; empty before the first frame. Any thread
   * may call it.
   */
  public Optional<Revision> told() {
    Cursor now = cursor;
    return now == null ? Optional.empty() : Optional.of(now.revision());
  }

  /** Whether something in scope was touched and not yet handed over, or the scope has changed. */
  public boolean isBehind() {
    Seat place = seat;
    return place.due() != null || place.group().mark().touches() != touches;
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
    return seat.group();
  }

  Subject subject() {
    return subject;
  }

  /**
   * Changes the group. Call it under the feed's lock, before the head of this serial is shown.
   *
   * @param at the head up to which frames were cut for the previous group
   */
  void move(Group to, Head at, long serial) {
    Seat left = seat;
    Recut recut =
        left.due() == null
            ? new Recut.Change(
                left.group().scope(), at, left.group().mark().touches(), to.mark().touches())
            : Recut.Snapshot.ANEW;
    seat = new Seat(to, serial, recut);
  }

  /** Leaves the feed. Idempotent; any thread may call it. */
  @Override
  public void close() {
    leaving.accept(this);
  }

  @Override
  public String toString() {
    return "Watcher[" + scope().selection() + ", " + cursor + "]";
  }
}
