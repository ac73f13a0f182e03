package io.datastored.client;

import io.datastored.v1.DatastoreServiceGrpc;
import io.datastored.v1.ErrorReason;
import io.datastored.v1.LookupRequest;
import io.datastored.v1.LookupResponse;
import io.datastored.v1.Revision;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A lease fetch is a Lookup for READ or WRITE at the server, and all who wait for its answer.
 * Confined to the loop.
 *
 * <p>An answer that is slow is waited for until nobody wants it any more; one that is lost with its
 * connection is asked for again with the same lease id, so the server counts once. While a lease of
 * the slot is held the ask repeats its id, and is counted on it, so that it cannot be given back
 * meanwhile.
 */
final class LeaseFetch {

  private final InFlight asks;
  private final LeaseSlot slot;
  private final Backoff backoff;
  private final List<PendingLookup> askers = new ArrayList<>();

  /** The lease to be confirmed, counted for this ask; null: a new one is asked for. */
  private @Nullable SharedLease held;

  /** The id that is asked for; empty: none yet. */
  private String id = "";

  /** Not zero when an answer came under an earlier opening and has to be confirmed. */
  private long unconfirmed;

  private @Nullable Call call;
  private Loop.@Nullable Timer next;
  private long sentAt;
  private String purpose = "";

  LeaseFetch(InFlight asks, LeaseSlot slot) {
    this.asks = asks;
    this.slot = slot;
    this.backoff = asks.backoff();
  }

  LeaseSlot slot() {
    return slot;
  }

  void add(PendingLookup asker) {
    askers.add(asker);
    Loop.Timer unused =
        asks.loop()
            .schedule(
                left(asker),
                () -> {
                  if (askers.remove(asker)) {
                    asker.timeOut(trouble());
                    endIfNobodyWaits();
                  }
                });
    if (call == null && next == null) {
      goOn();
    }
  }

  /**
   * Its caller has given it up; the last one takes the ask with him, and gives back what it got.
   */
  void forget(PendingLookup asker) {
    if (askers.remove(asker)) {
      boolean unused = endIfNobodyWaits();
    }
  }

  private Optional<Failure> trouble() {
    return asks.session().live() == null
        ? asks.trouble().ofSession()
        : asks.line().trouble().present();
  }

  /** Asks, if nothing is under way and there is a session. */
  void goOn() {
    next = null;
    askers.removeIf(PendingLookup::isDone);
    if (call != null || endIfNobodyWaits()) {
      return;
    }
    SessionEpoch opening = asks.session().live();
    if (opening != null) {
      choose(opening);
      send(opening);
    } else {
      asks.trouble().lasting().ifPresent(failure -> fail(failure.exception()));
    }
  }

  private void choose(SessionEpoch opening) {
    if (!id.isEmpty()) {
      return;
    }
    SharedLease present = slot.lease();
    if (present != null && present.enter()) {
      if (present.isGood(opening)) {
        held = present;
        id = present.id();
        return;
      }
      present.exit();
    }
    id = asks.ids().get();
    asks.book().asking(id);
  }

  private void send(SessionEpoch opening) {
    purpose = askers.get(0).options().purpose();
    CachedDatastore known = asks.cache().view().find(slot.datastore());
    LookupRequest.Builder request =
        LookupRequest.newBuilder()
            .setDatastore(slot.datastore())
            .setOperation(slot.operation().wire())
            .setSessionId(opening.sessionId())
            .setLeaseId(id)
            .setPurpose(purpose);
    if (known != null) {
      request.setKnownEtag(known.datastore().getEtag());
    }
    if (unconfirmed != 0) {
      request.setHeldFencingToken(unconfirmed);
    } else {
      newest().ifPresent(request::setAtLeast);
    }
    sentAt = asks.cache().clock().now();
    askers.forEach(asker -> asker.tried("asked the server"));
    call =
        asks.line()
            .call(
                DatastoreServiceGrpc.getLookupMethod(),
                request.build(),
                new Call.Answer<LookupResponse>() {
                  @Override
                  public void answered(LookupResponse answer, long sentAt) {
                    call = null;
                    granted(answer, known, opening);
                  }

                  @Override
                  public void failed(Failure failure) {
                    call = null;
                    refused(failure);
                  }
                });
  }

  /** The newest revision that somebody wants who waits. */
  private Optional<Revision> newest() {
    return askers.stream()
        .flatMap(asker -> asker.options().atLeast().stream())
        .max((a, b) -> Long.compare(a.getGeneration(), b.getGeneration()));
  }

  private void granted(
      LookupResponse answer, @Nullable CachedDatastore known, SessionEpoch opening) {
    SessionEpoch now = asks.session().live();
    if (now != opening) {
      // The server was started again since: it may not know what the one before has granted.
      if (asks.session().continues(opening)) {
        unconfirmed = answer.getLease().getFencingToken();
      } else {
        dropId();
      }
      retry(Duration.ZERO);
      return;
    }
    if (asks.book().hasEndedEarly(id)) {
      dropId();
      retry(Duration.ZERO);
      return;
    }
    SharedLease lease =
        held != null
            ? held
            : asks.book()
                .adopt(
                    new LeaseGrant(id, slot, answer.getLease().getFencingToken(), purpose, sentAt),
                    opening);
    held = null;
    id = "";
    unconfirmed = 0;
    backoff.reset();
    CachedDatastore datastore = asks.applier().fill(answer, known);
    hand(datastore, lease);
    CachedDatastore present = asks.cache().view().find(slot.datastore());
    if (present != null && present.refuses(slot.operation())) {
      lease.unwant();
    }
    // Only now: counted for this ask, it could not be given back before the handles were counted.
    lease.exit();
    if (!endIfNobodyWaits()) {
      retry(backoff.next());
    }
  }

  private void hand(CachedDatastore datastore, SharedLease lease) {
    NearCache cache = asks.cache();
    Revision revision = cache.view().revisionOf(datastore);
    // What was pushed meanwhile is newer than the answer: the mode is looked at again.
    Optional<RefusedException> refusal = cache.refusal(datastore, slot.operation());
    for (PendingLookup asker : List.copyOf(askers)) {
      if (refusal.isPresent()) {
        asker.fail(refusal.get());
      } else if (lease.lost() != null
          || !asker.accepts(sentAt)
          || !asker.accepts(revision)
          || !lease.enter()) {
        continue;
      } else {
        asker.grant(new Handle(datastore, revision, lease, sentAt, Origin.SERVER, cache));
      }
      askers.remove(asker);
    }
  }

  private void refused(Failure failure) {
    askers.forEach(asker -> asker.tried(failure.text()));
    if (failure.is(ErrorReason.ERROR_REASON_LEASE_ENDED)
        || failure.is(ErrorReason.ERROR_REASON_LEASE_ID_REUSED)) {
      SharedLease gone = held;
      if (gone != null) {
        asks.book().lose(gone, LossCause.NOT_CONTINUED, failure.text());
      }
      dropId();
      retry(backoff.next());
    } else if (failure.is(ErrorReason.ERROR_REASON_SESSION_NOT_FOUND)) {
      asks.session().renewNow();
      retry(backoff.next());
    } else if (failure.isPassing()) {
      putOff(failure);
    } else {
      failure
          .refusal()
          .ifPresent(
              no ->
                  asks.cache().negatives().put(slot.datastore(), no, asks.cache().view(), sentAt));
      notGranted();
      fail(failure.exception());
    }
  }

  private void putOff(Failure failure) {
    Duration delay = backoff.next(failure, asks.times().mostBackoff());
    if (failure.is(ErrorReason.ERROR_REASON_NOT_READY)) {
      // Who cannot wait so long is told what the server said.
      for (PendingLookup asker : List.copyOf(askers)) {
        if (left(asker).compareTo(delay) <= 0) {
          askers.remove(asker);
          asker.fail(failure.exception());
        }
      }
    }
    if (!endIfNobodyWaits()) {
      retry(delay);
    }
  }

  private void retry(Duration delay) {
    if (next == null) {
      next = asks.loop().schedule(delay, this::goOn);
    }
  }

  /** Nothing is promised any more; who waits is asked for again under the next session. */
  void sessionOver() {
    if (call != null) {
      call.cancel();
      call = null;
    }
    dropId();
  }

  /** Gives up the id: it may have been granted, and nobody uses it. */
  private void dropId() {
    SharedLease lease = held;
    held = null;
    unconfirmed = 0;
    if (lease != null) {
      lease.exit();
    } else if (!id.isEmpty()) {
      asks.book().drop(id);
    }
    id = "";
  }

  /** The server has said that it is not granted; a lease that is held stays what it is. */
  private void notGranted() {
    if (held == null && unconfirmed == 0 && !id.isEmpty()) {
      asks.book().notGranted(id);
      id = "";
    }
    dropId();
  }

  void fail(RuntimeException error) {
    List<PendingLookup> all = List.copyOf(askers);
    askers.clear();
    all.forEach(asker -> asker.fail(error));
    boolean unused = endIfNobodyWaits();
  }

  private boolean endIfNobodyWaits() {
    if (!askers.isEmpty()) {
      return false;
    }
    if (call != null) {
      call.cancel();
      call = null;
    }
    if (next != null) {
      next.cancel();
      next = null;
    }
    dropId();
    asks.done(this);
    return true;
  }

  private Duration left(PendingLookup asker) {
    return asks.cache().clock().until(asker.deadline());
  }
}
