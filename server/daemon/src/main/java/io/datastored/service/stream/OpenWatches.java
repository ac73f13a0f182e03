package io.datastored.service.stream;

import com.google.common.collect.HashMultimap;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Multimaps;
import com.google.common.collect.SetMultimap;
import io.datastored.access.Decision;
import io.datastored.access.Limit;
import io.datastored.access.Shares;
import io.datastored.access.Verb;
import io.datastored.history.Revision;
import io.datastored.lease.SessionId;
import io.datastored.promise.Confirmation;
import io.datastored.service.wire.Caller;
import io.datastored.service.wire.EncodedMessage;
import io.datastored.service.wire.Refusals;
import io.datastored.service.wire.RequestFaults;
import io.datastored.service.wire.UncaughtExceptions;
import io.datastored.v1.WatchGenerationRequest;
import io.datastored.watch.Scope;
import io.datastored.watch.WatchFeed;
import io.datastored.watch.WatchLimits;
import io.datastored.watch.WatchRequest;
import io.datastored.watch.Watcher;
import io.grpc.Context;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;

/**
 * Open watches are the WatchGeneration streams of one server. Thread-safe: one concurrent set, and
 * one concurrent map of the streams that feed a session.
 */
public final class OpenWatches {
  private static final String UNCONFIRMED =
      "this server cannot find out whether the revision that the client knows was committed: it"
          + " serves an earlier one, and its store does not answer, or what it answers is not"
          + " served yet";

  private final WatchFeed feed;
  private final Confirmation confirmation;
  private final Function<Caller, Executor> refreshed;
  private final WatchedSessions sessions;
  private final WatchRuntime drive;
  private final Refusals refusals;
  private final UncaughtExceptions uncaught;
  private final Set<OpenWatch> open = ConcurrentHashMap.newKeySet();
  private final SetMultimap<SessionId, OpenWatch> bySession =
      Multimaps.synchronizedSetMultimap(HashMultimap.create());
  private final BytesOnTheWay bytes;
  private final LongAdder messagesSent = new LongAdder();
  private volatile boolean stopping;

  /**
   * @param confirmation precedes the answer that a revision was never committed
   * @param refreshed runs a task of a caller after the engine has looked for commits of other
   *     processes, on a thread that may block
   */
  public OpenWatches(
      WatchFeed feed,
      Confirmation confirmation,
      Function<Caller, Executor> refreshed,
      WatchedSessions sessions,
      WatchRuntime drive,
      Refusals refusals,
      UncaughtExceptions uncaught) {
    this.feed = feed;
    this.confirmation = confirmation;
    this.refreshed = refreshed;
    this.sessions = sessions;
    this.drive = drive;
    this.refusals = refusals;
    this.uncaught = uncaught;
    WatchLimits limits = feed.limits();
    this.bytes =
        new BytesOnTheWay(
            new Shares(new Limit("max-watch-buffer", limits.bytes()), limits.share()));
  }

  /** Answers the call WatchGeneration. */
  public void watch(WatchGenerationRequest message, StreamObserver<EncodedMessage> observer) {
    RequestFaults faults = new RequestFaults();
    Caller caller = Caller.current();
    WatchRequest request = WatchRequests.read(message, caller.subject(), faults);
    Optional<SessionId> session =
        faults.id("session_id", message.getSessionId()).map(SessionId::new);
    faults.throwIfAny(refusals);
    if (stopping) {
      throw stopped();
    }
    WatchOrigin origin = new WatchOrigin(caller, session, request.bookmarkInterval());
    Scope scope = new Scope(request.selection(), request.view(), caller.rights());
    Optional<StatusRuntimeException> refusal = refusal(origin, scope);
    if (refusal.isPresent()) {
      throw refusal.get();
    }
    begin(request, origin, (ServerCallStreamObserver<EncodedMessage>) observer);
  }

  /**
   * Sends every stream the revision it has reached and ends it, and every later one at once.
   * Idempotent.
   */
  public void stop() {
    // The flag first: a stream that the signals miss has not made its first step, which checks the
    // flag.
    stopping = true;
    feed.signalAll();
  }

  /**
   * Asks the client of a session, on its streams, to report at once what it has applied. Repeat the
   * call while a drain waits for the session to apply this revision.
   */
  void askForAck(SessionId session, Revision wanted) {
    of(session).forEach(watch -> watch.askForAck(wanted));
  }

  /** Ends the streams of a session if it is no longer live. */
  public void onSessionEnd(SessionId session) {
    of(session).forEach(OpenWatch::wake);
  }

  /** Ends the streams of sessions that are no longer live. Call it periodically. */
  public void endOrphans() {
    ImmutableSet<SessionId> fed;
    synchronized (bySession) {
      fed = ImmutableSet.copyOf(bySession.keySet());
    }
    fed.stream().filter(session -> !sessions.isLive(session)).forEach(this::onSessionEnd);
  }

  /** The streams that are furthest behind, the furthest first. Walks all streams. */
  public List<OpenWatch> slowest(int most) {
    return open.stream()
        .map(watch -> Map.entry(watch.lag(), watch))
        .sorted(Map.Entry.<Duration, OpenWatch>comparingByKey().reversed())
        .limit(most)
        .map(Map.Entry::getValue)
        .toList();
  }

  /** Bytes that were handed to the transport and that clients have not read, of large messages. */
  public long bytesOnTheWay() {
    return bytes.shares().taken();
  }

  /** Messages that were handed to the transport since the start. */
  public long messagesSent() {
    return messagesSent.sum();
  }

  /** A message that is handed over now. */
  EncodedMessage counted(byte[] message) {
    messagesSent.increment();
    return new EncodedMessage(message);
  }

  /** The places of streams, and of the bytes that clients have not read. */
  public ImmutableList<Shares> shares() {
    return ImmutableList.of(feed.places(), bytes.shares());
  }

  /** The number of open streams. */
  public int count() {
    return feed.watchers();
  }

  /** Why a stream of this origin must end; empty if it may continue. */
  Optional<StatusRuntimeException> refusal(WatchOrigin origin, Scope scope) {
    if (!scope.isPermitted()) {
      return denial(origin.caller(), scope.view().needs());
    }
    Optional<SessionId> session = origin.session();
    return session.isEmpty() || sessions.isLiveFor(session.get(), origin.caller().principal())
        ? Optional.empty()
        : Optional.of(sessions.notLive(session.get()));
  }

  /** Empty if the rules have changed again and allow it somewhere. */
  private Optional<StatusRuntimeException> denial(Caller caller, Verb needed) {
    Decision decision = caller.subject().decide(needed);
    return decision == Decision.Allowed.YES || caller.rights().allowSomewhere(needed)
        ? Optional.empty()
        : Optional.of(refusals.denied(caller, decision));
  }

  WatchedSessions sessions() {
    return sessions;
  }

  void remove(OpenWatch watch) {
    open.remove(watch);
    watch.origin().session().ifPresent(session -> bySession.remove(session, watch));
  }

  private ImmutableSet<OpenWatch> of(SessionId session) {
    synchronized (bySession) {
      return ImmutableSet.copyOf(bySession.get(session));
    }
  }

  boolean isStopping() {
    return stopping;
  }

  /** The bytes of all streams that the transport holds. */
  BytesOnTheWay bytes() {
    return bytes;
  }

  WatchRuntime drive() {
    return drive;
  }

  /** The status of a stream when the server stops. */
  StatusRuntimeException stopped() {
    return refusals.notReady("the server is stopping");
  }

  /** The status of a stream whose rights changed while a frame was being sent. */
  StatusRuntimeException overtaken() {
    return refusals.notReady("the access rules changed in the middle of a frame; watch again");
  }

  /** Ends a stream that failed because of a bug. */
  void fail(StreamObserver<EncodedMessage> out, Throwable thrown) {
    uncaught.end(out, thrown);
  }

  void begin(
      WatchRequest request, WatchOrigin origin, ServerCallStreamObserver<EncodedMessage> out) {
    OpenWatch watch = new OpenWatch(out, this, origin);
    // From the first byte handed over, a stream has no more room until that byte has left.
    out.setOnReadyThreshold(1);
    out.setOnReadyHandler(watch::onReady);
    out.setOnCancelHandler(
        () -> {
          watch.end();
          watch.onClosed();
        });
    out.setOnCloseHandler(watch::onClosed);
    if (request.known().filter(feed::isAhead).isEmpty()) {
      open(request, watch, out);
      return;
    }
    // Confirmed before the revision is rejected as from the future: another server may have
    // committed it, and this one lags behind.
    Context context = Context.current();
    CompletableFuture<Void> unused =
        confirmation
            .confirm()
            .whenComplete(
                (nothing, failure) ->
                    context.run(
                        () -> {
                          if (failure == null) {
                            refreshThenOpen(request, watch, out);
                          } else {
                            out.onError(refusals.notReady(UNCONFIRMED));
                          }
                        }));
  }

  /** So may another process of this host, and this one may not have looked yet. */
  private void refreshThenOpen(
      WatchRequest request, OpenWatch watch, StreamObserver<EncodedMessage> out) {
    try {
      refreshed.apply(watch.origin().caller()).execute(() -> openOrFail(request, watch, out));
    } catch (RejectedExecutionException e) {
      out.onError(refusals.notReady("too many calls are waiting for the disk"));
    }
  }

  /** Runs on a thread where no other code would report a failure to the client. */
  private void openOrFail(
      WatchRequest request, OpenWatch watch, StreamObserver<EncodedMessage> out) {
    try {
      open(request, watch, out);
    } catch (Throwable e) {
      fail(out, e);
    }
  }

  void open(WatchRequest request, OpenWatch watch, StreamObserver<EncodedMessage> out) {
    Optional<Watcher> watcher = feed.open(request, watch.origin().connection(), watch);
    if (watcher.isEmpty()) {
      out.onError(
          refusals.quotaExceeded(feed.places().reached(watch.origin().caller().principal())));
      return;
    }
    // Added before it begins: a stream whose call is already cancelled removes itself there.
    boolean begun = false;
    try {
      open.add(watch);
      watch.origin().session().ifPresent(session -> bySession.put(session, watch));
      watch.begin(watcher.get());
      begun = true;
    } finally {
      if (!begun) {
        watcher.get().close();
        watch.end();
      }
    }
  }
}
