package io.datastored.service;

import io.datastored.v1.WatchGenerationRequest;
import io.datastored.watch.WatchFeed;
import io.datastored.watch.WatchRequest;
import io.datastored.watch.Watcher;
import io.datastored.watch.WirePart;
import io.grpc.ServerServiceDefinition;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Predicate;

/**
 * Open watches are the WatchGeneration streams of one server. Thread-safe: the feed knows who is
 * there, so all that is kept here is whether the server stops.
 */
final class OpenWatches {
  private static final String LIMIT = "max-watchers";

  private final WatchFeed feed;
  private final Executor refreshed;
  private final Predicate<String> sessionIsOpen;
  private final WatchDrive drive;
  private final Refusals refusals;
  private final UncaughtExceptions uncaught;
  private volatile boolean stopping;

  /**
   * No watch is open yet.
   *
   * @param refreshed runs a task after the engine has looked for what other processes committed; on
   *     a thread that may block
   */
  OpenWatches(
      WatchFeed feed,
      Executor refreshed,
      Predicate<String> sessionIsOpen,
      WatchDrive drive,
      Refusals refusals,
      UncaughtExceptions uncaught) {
    this.feed = feed;
    this.refreshed = refreshed;
    this.sessionIsOpen = sessionIsOpen;
    this.drive = drive;
    this.refusals = refusals;
    this.uncaught = uncaught;
  }

  /** The same service with its WatchGeneration served here. */
  ServerServiceDefinition serveIn(ServerServiceDefinition datastoreService) {
    return WatchMethod.replaceIn(datastoreService, this::watch);
  }

  /**
   * Tells every stream how far it has come and ends it, and every later one at once. Idempotent.
   */
  void stop() {
    // The flag first: a stream that the signals miss has yet to make its first step, and looks.
    stopping = true;
    feed.signalAll();
  }

  boolean isStopping() {
    return stopping;
  }

  WatchDrive drive() {
    return drive;
  }

  /** What a stream of a stopping server ends with. */
  StatusRuntimeException stopped() {
    return refusals.notReady("the server is stopping");
  }

  /** What a stream ends with that has met a bug. */
  StatusRuntimeException failure(RuntimeException thrown) {
    return uncaught.status(thrown);
  }

  private void watch(WatchGenerationRequest message, StreamObserver<WirePart> observer) {
    WatchRequest request = check(message);
    var out = (ServerCallStreamObserver<WirePart>) observer;
    OpenWatch watch = new OpenWatch(out, this, request.bookmarkInterval());
    out.setOnReadyHandler(watch::wake);
    out.setOnCancelHandler(watch::end);
    if (request.known().filter(feed::isAhead).isEmpty()) {
      open(request, watch, out);
      return;
    }
    // Before the client is told that it comes from the future: another process may have committed
    // that revision and told it, and this one may not have looked yet.
    try {
      refreshed.execute(() -> open(request, watch, out));
    } catch (RejectedExecutionException e) {
      out.onError(refusals.notReady("too many calls wait for the disk"));
    }
  }

  private WatchRequest check(WatchGenerationRequest message) {
    RequestFaults faults = new RequestFaults();
    WatchRequest request = WatchRequests.read(message, faults);
    Optional<String> session = faults.id("session_id", message.getSessionId());
    faults.throwIfAny(refusals);
    if (stopping) {
      throw stopped();
    }
    if (session.isPresent() && !sessionIsOpen.test(session.get())) {
      throw refusals.sessionNotFound();
    }
    return request;
  }

  private void open(WatchRequest request, OpenWatch watch, StreamObserver<WirePart> out) {
    Optional<Watcher> watcher = feed.open(request, watch::signal);
    if (watcher.isPresent()) {
      watch.begin(watcher.get());
    } else {
      int limit = feed.limits().watchers();
      out.onError(refusals.quotaExceeded(LIMIT, limit, "server:watchers"));
    }
  }
}
