package io.datastored.service.stream;

import io.datastored.drain.Drain;
import io.datastored.drain.DrainObservation;
import io.datastored.file.StoreException;
import io.datastored.promise.SealingPeers;
import io.datastored.service.trace.Traces;
import io.datastored.service.wire.ProtoDatastores;
import io.datastored.service.wire.ProtoDrains;
import io.datastored.service.wire.ProtoTimes;
import io.datastored.v1.DrainResponse;
import io.datastored.v1.DrainState;
import io.grpc.Context;
import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An open drain is one Drain stream. Confined to one step at a time: the thread that brings the
 * first piece of work runs the step, and the others leave their work to it, so timers and handlers
 * may run on any thread.
 *
 * <p>Each step looks and sends what is new if the client has room for it. It keeps nothing that the
 * client has no room for: the next step looks again. Between steps it holds no thread.
 */
final class OpenDrain {
  /** Up to this many leases, the list of blockers is rebuilt on every change. */
  private static final long FEW_LEASES = 1000;

  /** What is said of a trouble whose description may name files and users of the datastore. */
  private static final String UNEXPLAINED =
      "the server cannot check for blockers at the moment; its log says why";

  private final ServerCallStreamObserver<DrainResponse> out;
  private final OpenDrains drains;
  private final DrainOrigin origin;
  private final Supplier<Drain> question;
  private final long begunAt;
  private final Optional<Duration> limit;
  private final AtomicInteger work = new AtomicInteger();
  private final Optional<Traces.DrainSpan> span;

  /** Of the call, for the lines of the log that its steps write. */
  private final Context context = Context.current();

  private volatile @Nullable Future<?> timer;

  /** Open from the first step to the end. */
  private final AtomicReference<SealingPeers.@Nullable Asking> asking = new AtomicReference<>();

  private volatile boolean ended;

  // Confined to the steps.
  private @Nullable Drain drain;
  private volatile @Nullable DrainObservation newest;
  private @Nullable DrainObservation told;
  private String trouble = "";
  private long toldAt;

  /**
   * @param origin who asks, and what it must be allowed at each step
   * @param question starts the drain, or throws the refusal; may touch the disk
   * @param limit the longest time to wait
   */
  OpenDrain(
      ServerCallStreamObserver<DrainResponse> out,
      OpenDrains drains,
      DrainOrigin origin,
      Supplier<Drain> question,
      Optional<Duration> limit) {
    this.out = out;
    this.drains = drains;
    this.origin = origin;
    this.question = question;
    this.begunAt = drains.now();
    this.limit = limit;
    this.span = drains.span(origin);
  }

  DrainOrigin origin() {
    return origin;
  }

  /** Schedules a look on a thread that may block. */
  void wake() {
    drains.onBlockingThread(
        origin, context.wrap(this::signal), () -> planNext(drains.options().poll()));
  }

  /** Ends at once, without a last message. Changes nothing for the datastore. Idempotent. */
  void end() {
    ended = true;
    drains.remove(this);
    span.ifPresent(Traces.DrainSpan::end);
    closeAsking();
    Future<?> next = timer;
    if (next != null) {
      next.cancel(false);
    }
  }

  private void closeAsking() {
    SealingPeers.Asking open = asking.getAndSet(null);
    if (open != null) {
      open.close();
    }
  }

  /** What it has seen last; empty before its first look. */
  Optional<DrainObservation> seen() {
    return Optional.ofNullable(newest);
  }

  private void signal() {
    if (work.getAndIncrement() != 0) {
      return;
    }
    int done = 1;
    do {
      try {
        step();
      } catch (Throwable e) {
        fail(e);
      }
      done = work.addAndGet(-done);
    } while (done != 0);
  }

  /** Reports any failure to the client and releases everything. */
  private void fail(Throwable thrown) {
    try {
      end();
    } finally {
      drains.fail(out, thrown);
    }
  }

  private void step() {
    if (ended) {
      return;
    }
    if (drains.isStopping()) {
      end();
      out.onError(drains.stopped());
      return;
    }
    // At each step, because the rules may change while the stream is open.
    drains.require(origin);
    Drain asked = drain;
    if (asked == null) {
      asked = question.get();
      drain = asked;
      asking.set(asked.ask());
      if (ended) {
        // The end may have come before there was anything to close.
        closeAsking();
      }
    }
    DrainObservation look = null;
    try {
      look = asked.look();
      noteTrouble(asked, "");
    } catch (StoreException e) {
      noteTrouble(asked, String.valueOf(e.getMessage()));
      tellTrouble(asked);
    }
    if (look != null) {
      answer(asked, look);
    }
    if (!ended && isPast(limit)) {
      finish(asked, DrainState.DRAIN_STATE_TIMED_OUT);
    }
    if (!ended) {
      planNext(pause());
    }
  }

  /**
   * Records why the drain cannot look; empty if it can. Logs when the trouble begins, changes and
   * ends.
   */
  private void noteTrouble(Drain asked, String why) {
    if (why.equals(trouble)) {
      return;
    }
    if (why.isEmpty()) {
      drains.looksAgain(asked, trouble);
    } else {
      drains.cannotLook(asked, why);
    }
    trouble = why;
    // The last message to the client no longer describes the state.
    told = null;
  }

  private void tellTrouble(Drain asked) {
    boolean due = told == null || quiet().compareTo(drains.options().progress()) >= 0;
    if (due && out.isReady()) {
      DrainObservation last = newest == null ? asked.begun() : newest;
      tell(asked, DrainState.DRAIN_STATE_DRAINING);
      told = last;
      toldAt = drains.now();
    }
  }

  private Duration quiet() {
    return Duration.ofNanos(drains.now() - toldAt);
  }

  /**
   * The time until the next look; never past the time limit, or the call's deadline could pass
   * first.
   */
  private Duration pause() {
    Duration waited = waited();
    Duration pause = drains.options().pause(waited);
    return limit
        .map(end -> end.minus(waited))
        .filter(left -> left.compareTo(pause) < 0)
        .orElse(pause);
  }

  private void answer(Drain asked, DrainObservation look) {
    newest = look;
    switch (look.state()) {
      case DRAINED -> finish(asked, DrainState.DRAIN_STATE_DRAINED);
      case ABORTED -> finish(asked, DrainState.DRAIN_STATE_ABORTED);
      case DRAINING -> {
        drains.askForAcks(look);
        if (told == null || look.isNews(told)) {
          span.ifPresent(open -> open.waitsFor(look.inTheWay().waitsFor()));
        }
        if (isWorthTelling(look) && out.isReady()) {
          tell(asked, DrainState.DRAIN_STATE_DRAINING);
          told = look;
          toldAt = drains.now();
        }
      }
    }
  }

  private boolean isWorthTelling(DrainObservation look) {
    DrainObservation before = told;
    if (before == null) {
      return true;
    }
    // When a count changes is shown only to those who see the counts.
    return quiet().compareTo(drains.options().progress()) >= 0
        || (look.isNews(before) && look.inTheWay().leases() <= FEW_LEASES && origin.seesHolders());
  }

  private void tell(Drain asked, DrainState state) {
    var answer =
        DrainResponse.newBuilder().setState(state).setElapsed(ProtoTimes.duration(waited()));
    // Before the first successful look, what the drain was asked about.
    DrainObservation look = newest == null ? asked.begun() : newest;
    answer
        .setRevision(ProtoDatastores.revision(look.revision()))
        .setMaintenance(ProtoDatastores.maintenance(look.maintenance()));
    if (origin.seesHolders()) {
      answer.setProgress(
          ProtoDrains.progress(asked.progress(look), drains.viewer(origin)).toBuilder()
              .setTrouble(trouble));
    } else {
      answer.getMaintenanceBuilder().clearSetBy();
      answer.setProgress(
          ProtoDrains.progressWithoutHolders(look.inTheWay()).toBuilder()
              .setTrouble(trouble.isEmpty() ? "" : UNEXPLAINED));
    }
    out.onNext(answer.build());
  }

  /**
   * Sends the last message. It is sent even without room: it is a single message, and no other
   * follows.
   */
  private void finish(Drain asked, DrainState state) {
    span.ifPresent(open -> open.answered(OpenDrains.word(state)));
    end();
    tell(asked, state);
    out.onCompleted();
    drains.finished(asked, state, waited());
  }

  private void planNext(Duration pause) {
    // One timer only: a step that ran because the client had room must not leave a second timer
    // behind.
    Future<?> planned = timer;
    if (planned != null) {
      planned.cancel(false);
    }
    timer = drains.later(pause, this::wake);
    // Assigned, then checked again: an end in between found no timer to cancel.
    if (ended) {
      end();
    }
  }

  Duration waited() {
    return Duration.ofNanos(drains.now() - begunAt);
  }

  private boolean isPast(Optional<Duration> time) {
    return time.isPresent() && waited().compareTo(time.get()) >= 0;
  }
}
