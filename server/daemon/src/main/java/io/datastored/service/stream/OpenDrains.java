package io.datastored.service.stream;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import io.datastored.access.Limit;
import io.datastored.access.Shares;
import io.datastored.drain.Drain;
import io.datastored.drain.DrainObservation;
import io.datastored.drain.DrainOptions;
import io.datastored.service.trace.Traces;
import io.datastored.service.wire.ProtoSessions.Viewer;
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
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Open drains are the Drain streams of one server. Thread-safe: one concurrent set and one counter.
 */
public final class OpenDrains {
  private static final Logger log = LoggerFactory.getLogger(OpenDrains.class);

  private final DrainOptions options;
  private final CallRuntime drive;
  private final OpenWatches watches;
  private final String replica;
  private final Refusals refusals;
  private final UncaughtExceptions uncaught;
  private final Optional<Traces> traces;
  private final Set<OpenDrain> open = ConcurrentHashMap.newKeySet();
  private final Shares places;
  private final ImmutableMap<DrainState, LongAdder> ended =
      Maps.toMap(
          List.of(
              DrainState.DRAIN_STATE_DRAINED,
              DrainState.DRAIN_STATE_ABORTED,
              DrainState.DRAIN_STATE_TIMED_OUT),
          state -> new LongAdder());
  private volatile boolean stopping;

  /**
   * @param watches the streams through which clients are asked for acknowledgements
   * @param replica the name of this server, if it is one of several; else empty
   * @param traces have a span of each
   */
  public OpenDrains(
      DrainOptions options,
      CallRuntime drive,
      OpenWatches watches,
      String replica,
      Refusals refusals,
      UncaughtExceptions uncaught,
      Optional<Traces> traces) {
    this.traces = traces;
    this.options = options;
    this.drive = drive;
    this.watches = watches;
    this.replica = replica;
    this.refusals = refusals;
    this.uncaught = uncaught;
    this.places = new Shares(new Limit("max-drains", options.maxDrains()), options.share());
  }

  /** The places of drains. */
  public Shares places() {
    return places;
  }

  /**
   * Starts answering a call.
   *
   * @param origin who asks, and what it must be allowed at each step
   * @param question starts the drain, or throws the refusal; called on a thread that may block
   * @param timeout after which the client wants the answer TIMED_OUT
   */
  public void begin(
      DrainOrigin origin,
      Supplier<Drain> question,
      Optional<Duration> timeout,
      ServerCallStreamObserver<DrainResponse> out) {
    if (stopping) {
      throw stopped();
    }
    if (!places.tryTake(origin.caller().subject())) {
      throw refusals.quotaExceeded(places.reached(origin.caller().principal()));
    }
    OpenDrain begun = new OpenDrain(out, this, origin, question, limit(timeout));
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

  /** How the caller of a drain is shown leases and sessions of this server. */
  Viewer viewer(DrainOrigin origin) {
    return new Viewer(origin.caller().principal(), replica);
  }

  /** What each open drain has seen last. */
  public ImmutableList<DrainObservation> seen() {
    return open.stream()
        .flatMap(drain -> drain.seen().stream())
        .collect(ImmutableList.toImmutableList());
  }

  /** For how long the oldest open drain has waited; zero if none is open. */
  public Duration oldest() {
    return open.stream()
        .map(OpenDrain::waited)
        .max(Comparator.naturalOrder())
        .orElse(Duration.ZERO);
  }

  /** How many drains have ended, by state; those that the client has cancelled are not counted. */
  public ImmutableMap<String, Long> ended() {
    return ended.entrySet().stream()
        .collect(
            ImmutableMap.toImmutableMap(
                each -> word(each.getKey()), each -> each.getValue().sum()));
  }

  /** As in metrics, the log and traces. */
  static String word(DrainState state) {
    return state.name().substring("DRAIN_STATE_".length());
  }

  /** The number of open drains. */
  public int count() {
    return (int) places.taken();
  }

  /** Throws the refusal if the rules do not allow the drain now. */
  void require(DrainOrigin origin) {
    origin.require(refusals);
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
      places.giveBack(drain.origin().caller().principal());
    }
  }

  /** The span of a drain that begins. */
  Optional<Traces.DrainSpan> span(DrainOrigin origin) {
    return traces.map(to -> to.drain(origin.datastore().value()));
  }

  /** Runs a step of a drain; if no thread is available, {@code busy} runs on this thread. */
  void onBlockingThread(DrainOrigin of, Runnable step, Runnable busy) {
    try {
      drive.blocking(of.caller()).execute(step);
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
    LongAdder count = ended.get(state);
    if (count != null) {
      count.increment();
    }
    log.atInfo()
        .addKeyValue("state", word(state))
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
