package io.datastored.client;

import io.datastored.v1.DatastoreServiceGrpc;
import io.datastored.v1.ErrorReason;
import io.datastored.v1.LookupRequest;
import io.datastored.v1.LookupResponse;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A plain fetch is one LOOKUP at the server, without lease and session. Confined to the loop. */
final class PlainFetch {

  private final InFlight asks;
  private final PendingLookup asker;
  private final Backoff backoff;
  private final Loop.Timer deadline;
  private @Nullable Call call;

  PlainFetch(InFlight asks, PendingLookup asker) {
    this.asks = asks;
    this.asker = asker;
    this.backoff = asks.backoff();
    this.deadline = asks.loop().schedule(left(), this::timeOut);
  }

  void send() {
    if (asker.isDone()) {
      end();
      return;
    }
    Optional<Failure> lasting = asks.line().trouble().lasting();
    if (lasting.isPresent()) {
      fail(lasting.get().exception());
      return;
    }
    CachedDatastore known = asks.cache().view().find(asker.datastore());
    LookupRequest.Builder request =
        LookupRequest.newBuilder()
            .setDatastore(asker.datastore())
            .setOperation(asker.operation().wire());
    if (known != null) {
      request.setKnownEtag(known.datastore().getEtag());
    }
    asker.options().atLeast().ifPresent(request::setAtLeast);
    long askedAt = asks.cache().clock().now();
    asker.tried("asked the server");
    call =
        asks.line()
            .call(
                DatastoreServiceGrpc.getLookupMethod(),
                request.build(),
                new Call.Answer<LookupResponse>() {
                  @Override
                  public void answered(LookupResponse answer, long sentAt) {
                    end();
                    grant(answer, known, sentAt);
                  }

                  @Override
                  public void failed(Failure failure) {
                    refused(failure, askedAt);
                  }
                });
  }

  private void grant(LookupResponse answer, @Nullable CachedDatastore known, long sentAt) {
    NearCache cache = asks.cache();
    CachedDatastore now = asks.applier().fill(answer, known);
    RuntimeException refusal = cache.refusal(now, asker.operation()).orElse(null);
    if (refusal != null) {
      asker.fail(refusal);
      return;
    }
    asker.grant(new Handle(now, cache.view().revisionOf(now), null, sentAt, Origin.SERVER, cache));
  }

  private void refused(Failure failure, long sentAt) {
    asker.tried(failure.text());
    if (failure.isPassing() && !asker.isDone()) {
      Duration delay = backoff.next(failure, asks.times().mostBackoff());
      if (delay.compareTo(left()) < 0) {
        Loop.Timer unused = asks.loop().schedule(delay, this::send);
        return;
      }
      if (!failure.is(ErrorReason.ERROR_REASON_NOT_READY)) {
        // The caller waits until the deadline that it chose.
        return;
      }
    }
    end();
    failure
        .refusal()
        .ifPresent(
            no -> asks.cache().negatives().put(asker.datastore(), no, asks.cache().view(), sentAt));
    asker.fail(failure.exception());
  }

  private Duration left() {
    return asks.cache().clock().until(asker.deadline());
  }

  private void timeOut() {
    Optional<Failure> why = asks.line().trouble().present();
    end();
    asker.timeOut(why);
  }

  /** Ends this fetch if the lookup that its caller has given up is the one it serves. */
  void forget(PendingLookup gone) {
    if (gone == asker) {
      end();
    }
  }

  void fail(RuntimeException error) {
    end();
    asker.fail(error);
  }

  private void end() {
    deadline.cancel();
    if (call != null) {
      call.cancel();
      call = null;
    }
    asks.done(this);
  }
}
