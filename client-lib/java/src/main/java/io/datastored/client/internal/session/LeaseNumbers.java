package io.datastored.client.internal.session;

import io.datastored.client.ClientState;
import io.datastored.client.ClientStats;
import io.datastored.client.UnavailableException;
import io.datastored.client.internal.cache.SharedLease;
import io.datastored.client.internal.cache.View;
import io.datastored.client.internal.loop.Counters;
import io.datastored.client.internal.loop.Futures;
import io.datastored.client.internal.loop.Loop;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Lease numbers are the counts of leases and handles of a client. Immutable.
 *
 * @param leases leases held at the server
 * @param handles open handles
 * @param releasing leases being released
 */
public record LeaseNumbers(int leases, long handles, int releasing) {

  public static final LeaseNumbers NONE = new LeaseNumbers(0, 0, 0);

  /**
   * Reads them on the loop, because the book is confined to it; NONE if it does not answer in time.
   */
  public static LeaseNumbers read(Loop loop, LeaseBook book, Duration timeout) {
    var numbers = new CompletableFuture<LeaseNumbers>();
    loop.execute(() -> numbers.complete(of(book)));
    return Futures.of(
        numbers.completeOnTimeout(NONE, timeout.toNanos(), TimeUnit.NANOSECONDS),
        timeout.multipliedBy(2),
        () -> new UnavailableException("the client does not answer"));
  }

  private static LeaseNumbers of(LeaseBook book) {
    return new LeaseNumbers(
        book.held().size(),
        book.held().stream().mapToLong(SharedLease::handles).sum(),
        book.releasing());
  }

  /** Combines these numbers with all other statistics. */
  public ClientStats stats(
      Counters counters,
      ClientState state,
      Optional<String> sessionId,
      View view,
      int callbacksWaiting) {
    return new ClientStats(
        state,
        sessionId,
        view.revision(),
        view.size(),
        leases,
        handles,
        releasing,
        counters.localHits.sum(),
        counters.localRefusals.sum(),
        counters.serverCalls.sum(),
        counters.watchesOpened.sum(),
        counters.sessionsOpened.sum(),
        counters.snapshots.sum(),
        counters.frames.sum(),
        counters.framesDropped.sum(),
        counters.generations.sum(),
        counters.reclaimed.sum(),
        counters.leasesLost.sum(),
        counters.strays.sum(),
        counters.listenerErrors.sum(),
        callbacksWaiting);
  }
}
