package io.datastored.client.internal;

import io.datastored.client.ClientTimes;
import io.datastored.client.Handle;
import io.datastored.client.LookupOptions;
import io.datastored.client.Operation;
import io.datastored.client.RefusedException;
import io.datastored.client.UnavailableException;
import io.datastored.client.internal.cache.NearCache;
import io.datastored.client.internal.lookup.InFlight;
import io.datastored.client.internal.lookup.PendingLookup;
import io.datastored.client.internal.loop.Callbacks;
import io.datastored.client.internal.loop.Futures;
import io.datastored.client.internal.loop.Loop;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;

/**
 * Lookups are the requests to use a datastore, answered from memory or else by the server.
 * Thread-safe.
 */
public final class Lookups {

  /** How long to wait for the loop after the deadline of a lookup, at which the loop ends it. */
  private static final Duration LATE = Duration.ofSeconds(1);

  private final NearCache cache;
  private final Loop loop;
  private final InFlight inFlight;
  private final Callbacks callbacks;
  private final ClientTimes times;
  private final Runnable requireStarted;

  /**
   * @param requireStarted throws if the client is not started, or closed
   */
  Lookups(
      NearCache cache,
      Loop loop,
      InFlight inFlight,
      Callbacks callbacks,
      ClientTimes times,
      Runnable requireStarted) {
    this.cache = cache;
    this.loop = loop;
    this.inFlight = inFlight;
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
    PendingLookup waiter = waiter(datastore, operation, wanted);
    Duration timeout = cache.clock().until(waiter.deadline());
    return Futures.of(
        waiter.answer(),
        timeout.plus(LATE),
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
      PendingLookup waiter = waiter(datastore, operation, wanted);
      var answer = new CompletableFuture<Handle>();
      answer.whenComplete(
          (handle, error) -> {
            if (answer.isCancelled()) {
              waiter.fail(new CancellationException("given up"));
            }
          });
      waiter
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

  private PendingLookup waiter(String datastore, Operation operation, LookupOptions wanted) {
    requireStarted.run();
    long now = cache.clock().now();
    Duration timeout = wanted.deadline().orElse(times.callDeadline());
    var waiter = new PendingLookup(datastore, operation, wanted, now, now + timeout.toNanos());
    loop.execute(() -> inFlight.add(waiter));
    // A lookup that is given up (interrupted, cancelled or timed out) is removed from the loop.
    waiter
        .answer()
        .whenComplete(
            (handle, error) -> {
              if (error != null) {
                loop.execute(() -> inFlight.forget(waiter));
              }
            });
    // Add the task, then check again: if close() has stopped the loop in between, it runs no task.
    try {
      requireStarted.run();
    } catch (IllegalStateException closed) {
      waiter.fail(closed);
    }
    return waiter;
  }
}
