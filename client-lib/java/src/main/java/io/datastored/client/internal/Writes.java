package io.datastored.client.internal;

import io.datastored.client.ClientTimes;
import io.datastored.client.UnavailableException;
import io.datastored.client.internal.cache.NearCache;
import io.datastored.client.internal.loop.Futures;
import io.datastored.client.internal.loop.Loop;
import io.datastored.client.internal.transport.ServerChannel;
import io.datastored.client.internal.watch.RevisionWaits;
import io.datastored.client.internal.watch.WatchLoop;
import io.datastored.v1.Revision;
import io.grpc.MethodDescriptor;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Writes are the calls that change the server's configuration. Thread-safe. Each returns when its
 * own revision is applied here, so the next lookup of its caller sees it.
 */
final class Writes {

  private final ServerChannel channel;
  private final Loop loop;
  private final NearCache cache;
  private final RevisionWaits waits;
  private final WatchLoop watch;
  private final Duration deadline;

  Writes(
      ServerChannel channel,
      Loop loop,
      NearCache cache,
      RevisionWaits waits,
      WatchLoop watch,
      ClientTimes times) {
    this.channel = channel;
    this.loop = loop;
    this.cache = cache;
    this.waits = waits;
    this.watch = watch;
    this.deadline = times.callDeadline();
  }

  /**
   * Sends a write and waits until it is answered and applied.
   *
   * @param revision extracts the revision of the answer; empty if nothing was written
   */
  <Q, A> A call(
      MethodDescriptor<Q, A> method, Q request, Function<A, Optional<Revision>> revision) {
    long end = cache.clock().now() + deadline.toNanos();
    var answered = new CompletableFuture<A>();
    loop.execute(() -> send(method, request, answered));
    String name = method.getFullMethodName();
    A answer =
        Futures.of(
            answered, deadline, () -> new UnavailableException("no answer in time to " + name));
    Optional<Revision> written = revision.apply(answer);
    if (written.isPresent() && !await(written.get(), cache.clock().until(end))) {
      throw new UnavailableException(
          "%s was answered with generation %d, which is not applied here yet"
              .formatted(name, written.get().getGeneration()));
    }
    return answer;
  }

  private <Q, A> void send(
      MethodDescriptor<Q, A> method, Q request, CompletableFuture<A> answered) {
    channel.callOnce(
        method,
        request,
        deadline,
        (answer, sentAt) -> {
          answered.complete(answer);
        },
        failure -> {
          // Not repeated: it is unknown whether the server carried it out.
          answered.completeExceptionally(failure.exception());
        });
  }

  /** Waits until a revision is applied; false if it was not applied in time. */
  boolean await(Revision revision, Duration timeout) {
    if (cache.view().reaches(revision)) {
      return true;
    }
    var applied = new CompletableFuture<Void>();
    loop.execute(
        () -> {
          waits.add(revision, cache.view(), applied);
          watch.onTold(revision);
        });
    return Futures.reached(applied, timeout);
  }
}
