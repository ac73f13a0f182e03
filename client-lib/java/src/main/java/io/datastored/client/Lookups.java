package io.datastored.client;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;

/**
 * Lookups are the requests to use a datastore, answered from memory or else by the server.
 * Thread-safe.
 */
final class Lookups {

  /** How long to wait for the loop after the deadline of a lookup, at which the loop ends it. */
  private static final Duration LATE = Duration.ofSeconds(1);

  private final NearCache cache;
  private final Loop loop;
  private final InFlight asks;
  private final Callbacks callbacks;
  private final ClientTimes times;
  private final Runnable requireStarted;

  /**
   * @param requireStarted throws if the client is not started, or closed
   */
  Lookups(
      NearCache cache,
      Loop loop,
      InFlight asks,
      Callbacks callbacks,
      ClientTimes times,
      Runnable requireStarted) {
    this.cache = cache;
    this.loop = loop;
    this.asks = asks;
    this.callbacks = callbacks;
    this.times = times;
    this.requireStarted = requireStarted;
  }

  /** Looks up from memory, or else waits for the server. */
  Handle lookup(String datastore, Operation operation, LookupOptions wanted) {
    Handle local = cache.lookup(datastore, operation, wanted);
    if (local != null) {
      return local;
    }
    PendingLookup asker = asker(datastore, operation, wanted);
    Duration patience = cache.clock().until(asker.deadline());
    return Futures.of(
        asker.answer(),
        patience.plus(LATE),
        () -> new UnavailableException("no answer in time to lookup of '" + datastore + "'"));
  }

  /** Does the same without blocking. */
  CompletableFuture<Handle> lookupAsync(
      String datastore, Operation operation, LookupOptions wanted) {
    try {
      Handle local = cache.lookup(datastore, operation, wanted);
      if (local != null) {
        return CompletableFuture.completedFuture(local);
      }
      PendingLookup asker = asker(datastore, operation, wanted);
      var answer = new CompletableFuture<Handle>();
      answer.whenComplete(
          (handle, error) -> {
            if (answer.isCancelled()) {
              asker.fail(new CancellationException("given up"));
            }
          });
      asker
          .answer()
          .whenCompleteAsync(
              (handle, error) -> {
                if (error != null) {
                  answer.completeExceptionally(error);
                } else if (!answer.complete(handle)) {
                  handle.close();
                }
              },
              callbacks);
      return answer;
    } catch (RefusedException | IllegalStateException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private PendingLookup asker(String datastore, Operation operation, LookupOptions wanted) {
    requireStarted.run();
    long now = cache.clock().now();
    Duration patience = wanted.deadline().orElse(times.callDeadline());
    var asker = new PendingLookup(datastore, operation, wanted, now, now + patience.toNanos());
    loop.execute(() -> asks.add(asker));
    // A lookup that is given up (interrupted, cancelled or timed out) is removed from the loop.
    asker
        .answer()
        .whenComplete(
            (handle, error) -> {
              if (error != null) {
                loop.execute(() -> asks.forget(asker));
              }
            });
    // Add the task, then check again: if close() has stopped the loop in between, it runs no task.
    try {
      requireStarted.run();
    } catch (IllegalStateException closed) {
      asker.fail(closed);
    }
    return asker;
  }
}
