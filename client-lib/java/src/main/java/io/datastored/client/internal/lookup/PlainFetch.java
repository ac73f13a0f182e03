package io.datastored.client.internal.lookup;

import io.datastored.client.Origin;
import io.datastored.client.internal.cache.CachedDatastore;
import io.datastored.client.internal.cache.LocalHandle;
import io.datastored.client.internal.cache.NearCache;
import io.datastored.client.internal.loop.Loop;
import io.datastored.client.internal.transport.Backoff;
import io.datastored.client.internal.transport.Call;
import io.datastored.client.internal.transport.Failure;
import io.datastored.v1.DatastoreServiceGrpc;
import io.datastored.v1.ErrorReason;
import io.datastored.v1.LookupRequest;
import io.datastored.v1.LookupResponse;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A plain fetch is one LOOKUP at the server, without lease and session. Confined to the loop. */
final class PlainFetch {

  private final InFlight inFlight;
  private final PendingLookup waiter;
  private final Backoff backoff;
  private final Loop.Timer deadline;
  private @Nullable Call call;

  PlainFetch(InFlight inFlight, PendingLookup waiter) {
    this.inFlight = inFlight;
    this.waiter = waiter;
    this.backoff = inFlight.backoff();
    this.deadline = inFlight.loop.schedule(left(), this::timeOut);
  }

  void send() {
    if (waiter.isDone()) {
      end();
      return;
    }
    Optional<Failure> lasting = inFlight.channel.health().permanentFailure();
    if (lasting.isPresent()) {
      fail(lasting.get().exception());
      return;
    }
    CachedDatastore known = inFlight.cache.view().find(waiter.datastore());
    LookupRequest.Builder request =
        LookupRequest.newBuilder()
            .setDatastore(waiter.datastore())
            .setOperation(waiter.operation().wire());
    if (known != null) {
      request.setKnownEtag(known.datastore().getEtag());
    }
    waiter.options().atLeast().ifPresent(request::setAtLeast);
    long requestedAt = inFlight.cache.clock().now();
    waiter.tried("asked the server");
    call =
        inFlight.channel.call(
            DatastoreServiceGrpc.getLookupMethod(),
            request.build(),
            (answer, sentAt) -> {
              end();
              grant(answer, known, sentAt);
            },
            failure -> {
              refused(failure, requestedAt);
            });
  }

  private void grant(LookupResponse answer, @Nullable CachedDatastore known, long sentAt) {
    NearCache cache = inFlight.cache;
    CachedDatastore now = inFlight.applier.fill(answer, known);
    RuntimeException refusal = cache.refusal(now, waiter.operation()).orElse(null);
    if (refusal != null) {
      waiter.fail(refusal);
      return;
    }
    waiter.grant(
        new LocalHandle(now, cache.view().revisionOf(now), null, sentAt, Origin.SERVER, cache));
  }

  private void refused(Failure failure, long sentAt) {
    waiter.tried(failure.text());
    if (inFlight.health.passes(failure) && !waiter.isDone()) {
      Duration delay = backoff.next(failure, inFlight.times().mostBackoff());
      if (delay.compareTo(left()) < 0) {
        Loop.Timer unused = inFlight.loop.schedule(delay, this::send);
        return;
      }
      if (!failure.is(ErrorReason.ERROR_REASON_NOT_READY)) {
        // The caller waits until the deadline that it chose.
        return;
      }
    }
    end();
    inFlight.remember(waiter.datastore(), failure, sentAt);
    waiter.fail(failure.exception());
  }

  private Duration left() {
    return inFlight.cache.clock().until(waiter.deadline());
  }

  private void timeOut() {
    Optional<Failure> why = inFlight.channel.health().failure();
    end();
    waiter.timeOut(why);
  }

  /** Ends this fetch if the lookup that its caller has given up is the one it serves. */
  void forget(PendingLookup gone) {
    if (gone == waiter) {
      end();
    }
  }

  void fail(RuntimeException error) {
    end();
    waiter.fail(error);
  }

  private void end() {
    deadline.cancel();
    Call.cancel(call);
    call = null;
    inFlight.done(this);
  }
}
