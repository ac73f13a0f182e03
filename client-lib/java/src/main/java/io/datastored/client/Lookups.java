package io.datastored.client;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;

/** Lookups are answered from memory, or else by the server. Thread-safe. */
final class Lookups {

  /** The loop ends a lookup at its deadline; this long it is waited for to do so. */
  private static final Duration LATE = Duration.ofSeconds(1);

  private final NearCache cache;
  private final Loop loop;
  private final InFlight asks;
  private final Callbacks callbacks;
  private final ClientTimes times;
  private final Runnable requireStarted;

  /**
   * @param requireStarted throws when the client is not started, or closed
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

  /** The answer; waits for it if the server has to be asked. */
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

  /** The same without waiting. */
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
    // Whoever gives up, by an interrupt, a cancel or because time is over, leaves nothing behind.
    asker
        .answer()
        .whenComplete(
            (handle, error) -> {
              if (error != null) {
                loop.execute(() -> asks.forget(asker));
              }
            });
    // Added, then looked again: a loop that close() has stopped in between runs nothing any more.
    try {
      requireStarted.run();
    } catch (IllegalStateException closed) {
      asker.fail(closed);
    }
    return asker;
  }
}
