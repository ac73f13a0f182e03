package io.datastored.service.stream;

import io.datastored.drain.Drain;
import io.datastored.drain.DrainObservation;
import io.datastored.drain.DrainOptions;
import io.datastored.service.wire.Refusals;
import io.datastored.service.wire.UncaughtExceptions;
import io.datastored.v1.DrainResponse;
import io.datastored.v1.DrainState;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Open drains are the Drain streams of one server. Thread-safe: one concurrent set and one counter.
 */
public final class OpenDrains {
  private static final Logger log = LoggerFactory.getLogger(OpenDrains.class);
  private static final String LIMIT = "max-drains";

  private final DrainOptions options;
  private final CallRuntime drive;
  private final OpenWatches watches;
  private final Refusals refusals;
  private final UncaughtExceptions uncaught;
  private final Set<OpenDrain> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger places = new AtomicInteger();
  private volatile boolean stopping;

  /**
   * @param watches the streams through which clients are asked for acknowledgements
   */
  public OpenDrains(
      DrainOptions options,
      CallRuntime drive,
      OpenWatches watches,
      Refusals refusals,
      UncaughtExceptions uncaught) {
    this.options = options;
    this.drive = drive;
    this.watches = watches;
    this.refusals = refusals;
    this.uncaught = uncaught;
  }

  /**
   * Starts answering a call.
   *
   * @param question starts the drain, or throws the refusal; called on a thread that may block
   * @param timeout after which the client wants the answer TIMED_OUT
   */
  public void begin(
      Supplier<Drain> question,
      Optional<Duration> timeout,
      ServerCallStreamObserver<DrainResponse> out) {
    if (stopping) {
      throw stopped();
    }
    if (places.incrementAndGet() > options.maxDrains()) {
      places.decrementAndGet();
      throw refusals.quotaExceeded(LIMIT, options.maxDrains(), "server:drains");
    }
    OpenDrain begun = new OpenDrain(out, this, question, limit(timeout));
    open.add(begun);
    out.setOnCancelHandler(begun::end);
    out.setOnReadyHandler(begun::wake);
    boolean awake = false;
    try {
      begun.wake();
      awake = true;
    } finally {
      if (!awake) {
        begun.end();
      }
    }
  }

  /** Ends every drain, and every later one at once. Changes no mode. Idempotent. */
  public void stop() {
    // The flag first: a drain that is added after the walk checks the flag in its first step.
    stopping = true;
    open.forEach(OpenDrain::wake);
  }

  boolean isStopping() {
    return stopping;
  }

  DrainOptions options() {
    return options;
  }

  long now() {
    return drive.ticker().read();
  }

  StatusRuntimeException stopped() {
    return refusals.notReady(
        "the server is stopping; ask again later; the maintenance mode is still set");
  }

  /** Ends a stream that failed because of a bug. */
  void fail(StreamObserver<DrainResponse> out, Throwable thrown) {
    uncaught.end(out, thrown);
  }

  void remove(OpenDrain drain) {
    if (open.remove(drain)) {
      places.decrementAndGet();
    }
  }

  /** Runs a step; if no thread is available, {@code busy} runs on this thread. */
  void onBlockingThread(Runnable step, Runnable busy) {
    try {
      drive.blocking().execute(step);
    } catch (RejectedExecutionException e) {
      busy.run();
    }
  }

  Future<?> later(Duration delay, Runnable task) {
    return drive.timer().schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
  }

  void askForAcks(DrainObservation look) {
    look.behind().forEach(session -> watches.askForAck(session.session().id(), look.since()));
  }

  void cannotLook(Drain drain, String why) {
    log.atWarn().log("{} cannot check for blockers: {}", drain, why);
  }

  void looksAgain(Drain drain, String why) {
    log.atInfo().log("{} can check for blockers again; previous problem: {}", drain, why);
  }

  void finished(Drain drain, DrainState state, Duration waited) {
    log.atInfo()
        .addKeyValue("state", state.name().substring("DRAIN_STATE_".length()))
        .addKeyValue("waited", waited)
        .log("{} has ended", drain);
  }

  /** The client's timeout, or the time that its deadline leaves. */
  private Optional<Duration> limit(Optional<Duration> timeout) {
    Deadline deadline = Context.current().getDeadline();
    if (deadline == null) {
      return timeout;
    }
    Duration left =
        Duration.ofNanos(deadline.timeRemaining(TimeUnit.NANOSECONDS))
            .minus(options.beforeDeadline());
    return timeout.filter(wish -> wish.compareTo(left) < 0).or(() -> Optional.of(left));
  }
}
