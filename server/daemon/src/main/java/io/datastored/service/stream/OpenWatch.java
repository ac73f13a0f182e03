package io.datastored.service.stream;

import io.datastored.history.Revision;
import io.datastored.service.wire.EncodedMessage;
import io.datastored.service.wire.ProtoFrames;
import io.datastored.watch.SharedFrame;
import io.datastored.watch.Watcher;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * An open watch is one WatchGeneration stream. Confined to one drain loop at a time: the thread
 * that brings the first piece of work runs the loop, and the others leave their work to it, so
 * signals may come from any thread.
 *
 * <p>It sends while the transport has room and a frame is due. Otherwise it holds only its cursor
 * and, in the middle of a frame of several parts, that frame. A stream that feeds a session ends
 * with the session, so the client learns here too that its session has ended.
 */
public final class OpenWatch implements Runnable {
  /** A field updater instead of an object per stream: there are tens of thousands of streams. */
  private static final AtomicIntegerFieldUpdater<OpenWatch> WORK =
      AtomicIntegerFieldUpdater.newUpdater(OpenWatch.class, "work");

  private static final long NOT_BEHIND = Long.MIN_VALUE;

  private final ServerCallStreamObserver<EncodedMessage> out;
  private final OpenWatches watches;
  private final WatchOrigin origin;
  // Starts at one piece of work: no thread runs the loop before the watcher is set.
  private volatile int work = 1;

  private volatile @Nullable Watcher watcher;
  private volatile BookmarkTimer.@Nullable Pending timer;
  private volatile long bookmarkAt;
  private volatile boolean ended;

  /** The revision that a drain waits for this client to apply. */
  private volatile @Nullable Revision ackWanted;

  /** The revision of the last frame that asked for an acknowledgement. */
  private volatile @Nullable Revision ackAsked;

  private volatile long behindSince = NOT_BEHIND;

  /** Whether something is waiting for room in the transport. */
  private volatile boolean blocked;

  /** Created with the first message that is large enough to be counted: most streams send none. */
  private volatile BytesOnTheWay.@Nullable Share share;

  /** Whether such a message was handed over and may not have left. Confined to the drain loop. */
  private boolean counted;

  // Confined to the drain loop. A frame is kept only between its parts: see Cursor for why so
  // little is written.
  private @Nullable SharedFrame sending;
  private int sent;

  OpenWatch(ServerCallStreamObserver<EncodedMessage> out, OpenWatches watches, WatchOrigin origin) {
    this.out = out;
    this.watches = watches;
    this.origin = origin;
  }

  /** Starts the stream; the watcher was opened with this as its signal. */
  void begin(Watcher opened) {
    watcher = opened;
    postponeBookmark();
    timer = watches.drive().timer().in(Duration.ofNanos(nanosToBookmark()), this::onTimer);
    // Assigned, then checked again: a cancellation in between found no watcher to close.
    if (ended) {
      end();
    }
    watches.drive().executor().execute(this::drain);
  }

  /** Checks whether something can be sent; call it on a thread that may encode a frame. */
  void signal() {
    if (WORK.getAndIncrement(this) == 0) {
      drain();
    }
  }

  /** The signal of the watcher. */
  @Override
  public void run() {
    signal();
  }

  /** The transport has sent everything that was handed to it. */
  void onReady() {
    if (blocked) {
      blocked = false;
      wake();
    }
  }

  /** The transport no longer holds anything of this stream. */
  void onClosed() {
    BytesOnTheWay.Share held = share;
    if (held != null) {
      watches.bytes().leave(held);
    }
  }

  /** Like {@link #signal}, from a thread that must not be blocked. */
  void wake() {
    watches.drive().executor().execute(this);
  }

  /**
   * Asks the client, once, to report at once what it has applied. The request goes out after a
   * frame that reaches this revision: the next one, or a bookmark. Repeat the call while a drain
   * waits: a publication may not have reached the feed yet.
   */
  void askForAck(Revision wanted) {
    if (!reaches(ackAsked, wanted)) {
      ackWanted = wanted;
      wake();
    }
  }

  /** The origin of the stream. */
  public WatchOrigin origin() {
    return origin;
  }

  /** The revision up to which everything was sent; empty before the first frame. */
  public Optional<Revision> told() {
    return Optional.ofNullable(watcher).flatMap(Watcher::told);
  }

  /** For how long a frame has been due without being handed over; zero if none is due. */
  public Duration lag() {
    long since = behindSince;
    return since == NOT_BEHIND
        ? Duration.ZERO
        : Duration.ofNanos(Math.max(0, watches.drive().ticker().read() - since));
  }

  /** Leaves the feed at once, without a last message. Idempotent. */
  void end() {
    ended = true;
    Watcher left = watcher;
    if (left != null) {
      left.close();
    }
    BookmarkTimer.Pending pending = timer;
    if (pending != null) {
      pending.cancel();
    }
    watches.remove(this);
  }

  private void drain() {
    int done = 1;
    do {
      try {
        step();
      } catch (Throwable e) {
        fail(e);
      }
      done = WORK.addAndGet(this, -done);
    } while (done != 0);
  }

  /** Reports any failure to the client and releases everything. */
  private void fail(Throwable thrown) {
    try {
      end();
    } finally {
      watches.fail(out, thrown);
    }
  }

  private void step() {
    Watcher reader = watcher;
    if (ended || reader == null) {
      return;
    }
    Optional<StatusRuntimeException> refusal =
        isOvertaken(reader)
            ? Optional.of(watches.overtaken())
            : watches.refusal(origin, reader.scope());
    if (refusal.isPresent()) {
      end();
      out.onError(refusal.get());
      return;
    }
    // Never more than the transport has room for: onNext only adds the message to a queue, and for
    // a client that does not read, the queue would grow with every change.
    while (!isOvertaken(reader) && hasRoom(reader)) {
      giveBack();
      SharedFrame frame = sending == null ? due(reader).orElse(null) : sending;
      if (frame == null || !mayHandOver(frame.part(sent).orElseThrow().length)) {
        break;
      }
      sendPart(reader, frame);
    }
    noteLag(reader);
    if (watches.isStopping()) {
      stop(reader);
    }
  }

  /**
   * Whether the rights have changed in the middle of a frame. The parts that are left may show what
   * is hidden now, and those that were sent cannot be taken back; a client drops them when the
   * stream ends.
   */
  private boolean isOvertaken(Watcher reader) {
    return sending != null && reader.isOvertaken();
  }

  private boolean hasRoom(Watcher reader) {
    if (out.isReady()) {
      return true;
    }
    if (sending == null && !counted && isQuiet(reader)) {
      return false; // a signal comes with whatever becomes due later
    }
    blocked = true;
    // Checked again: if the transport sent everything before the flag was set, it has woken no
    // thread.
    return out.isReady();
  }

  private boolean isQuiet(Watcher reader) {
    return reader.isStarted() && !reader.isBehind() && nanosToBookmark() > 0 && ackWanted == null;
  }

  /** Call it only when the transport has room: then the last message has left. */
  private void giveBack() {
    BytesOnTheWay.Share held = share;
    if (counted && held != null) {
      counted = false;
      watches.bytes().giveBack(held);
    }
  }

  private boolean mayHandOver(int bytes) {
    if (bytes < BytesOnTheWay.SMALLEST_COUNTED) {
      return true;
    }
    BytesOnTheWay.Share held = share;
    if (held == null) {
      held = origin.share(this::wake);
      share = held;
      // Assigned, then checked again: a stream that closed in between had nothing to give back.
      if (ended) {
        return false;
      }
    }
    counted = watches.bytes().take(held, bytes);
    return counted;
  }

  private Optional<SharedFrame> due(Watcher reader) {
    Optional<SharedFrame> next = reader.next();
    if (next.isPresent() || !reader.isStarted()) {
      return next;
    }
    if (nanosToBookmark() <= 0) {
      return Optional.of(reader.bookmark());
    }
    Revision wanted = ackWanted;
    return wanted == null
        ? Optional.empty()
        : Optional.of(reader.bookmark()).filter(mark -> reaches(mark.frame().revision(), wanted));
  }

  private void sendPart(Watcher reader, SharedFrame frame) {
    EncodedMessage part = watches.counted(frame.part(sent).orElseThrow());
    sent++;
    boolean whole = frame.part(sent).isEmpty();
    Revision revision = frame.frame().revision();
    Revision wanted = ackWanted;
    boolean asks = whole && wanted != null && reaches(revision, wanted);
    out.onNext(asks ? part.with(ProtoFrames.ACK_REQUESTED) : part);
    if (whole) {
      // Only now: a frame is not sent until its last part is with the transport.
      reader.handedOver(frame);
      sent = 0;
      origin.session().ifPresent(session -> watches.sessions().sent(session, revision));
      postponeBookmark();
    }
    SharedFrame kept = whole ? null : frame;
    if (sending != kept) {
      sending = kept;
    }
    if (asks) {
      ackAsked = revision;
      ackWanted = null;
    }
  }

  private void noteLag(Watcher reader) {
    if (sending == null && !reader.isBehind()) {
      if (behindSince != NOT_BEHIND) {
        behindSince = NOT_BEHIND;
      }
    } else if (behindSince == NOT_BEHIND) {
      behindSince = watches.drive().ticker().read();
    }
  }

  private void stop(Watcher reader) {
    // Not in the middle of a frame, even if the transport has room again: a message with a revision
    // completes the parts before it, so the client would apply, and resume from, half a frame.
    if (sending == null && reader.isStarted() && out.isReady()) {
      sendPart(reader, reader.bookmark());
    }
    end();
    out.onError(watches.stopped());
  }

  private void postponeBookmark() {
    bookmarkAt =
        watches.drive().ticker().read()
            + watches.drive().pacing().quiet(origin.bookmarkInterval()).toNanos();
  }

  /** Called for every frame of every stream, so it avoids a Duration. */
  private long nanosToBookmark() {
    return bookmarkAt - watches.drive().ticker().read();
  }

  private static boolean reaches(@Nullable Revision told, Revision wanted) {
    return told != null
        && told.sameHistory(wanted)
        && !wanted.generation().isAfter(told.generation());
  }

  private void onTimer() {
    long left = nanosToBookmark();
    if (left <= 0) {
      wake();
      left = origin.bookmarkInterval().toNanos();
    }
    timer = watches.drive().timer().in(Duration.ofNanos(left), this::onTimer);
    if (ended) {
      end(); // as in begin()
    }
  }
}
