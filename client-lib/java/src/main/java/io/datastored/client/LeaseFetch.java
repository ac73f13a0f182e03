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
 * A lease fetch is a Lookup for READ or WRITE at the server, with all lookups that wait for its
 * answer. Confined to the loop.
 *
 * <p>A slow answer is awaited until no lookup waits for it. A request that is lost with its
 * connection is sent again with the same lease id, so the server counts it once. If the slot holds
 * a lease, the request uses the id of that lease and is counted on it, so that it cannot be
 * released in the meantime.
 */
final class LeaseFetch {

  private final InFlight asks;
  private final LeaseSlot slot;
  private final Backoff backoff;
  private final List<PendingLookup> askers = new ArrayList<>();

  /** The lease to be confirmed, counted for this fetch; null: a new lease is requested. */
  private @Nullable SharedLease held;

  /** The requested lease id; empty: none yet. */
  private String id = "";

  /** The fencing token of an answer from an earlier opening, which must be confirmed; 0: none. */
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
   * Drops a lookup that its caller has given up. With the last lookup the fetch ends and releases
   * what it was granted.
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

  /** Sends the request, if none is in progress and there is a session. */
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

  /** The newest revision that a waiting lookup requires. */
  private Optional<Revision> newest() {
    return askers.stream()
        .flatMap(asker -> asker.options().atLeast().stream())
        .max((a, b) -> Long.compare(a.getGeneration(), b.getGeneration()));
  }

  private void granted(
      LookupResponse answer, @Nullable CachedDatastore known, SessionEpoch opening) {
    SessionEpoch now = asks.session().live();
    if (now != opening) {
      // The session was reopened since: a restarted server may not know what the previous one
      // granted.
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
    // The count of this fetch ends last, so the lease could not be released before the handles were
    // counted.
    lease.exit();
    if (!endIfNobodyWaits()) {
      retry(backoff.next());
    }
  }

  private void hand(CachedDatastore datastore, SharedLease lease) {
    NearCache cache = asks.cache();
    Revision revision = cache.view().revisionOf(datastore);
    // A frame that was pushed in the meantime is newer than the answer, so the mode is checked
    // again.
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
      // A lookup whose deadline is sooner fails with the server's answer.
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

  /** Handles the end of the session; waiting lookups are requested again under the next one. */
  void sessionOver() {
    if (call != null) {
      call.cancel();
      call = null;
    }
    dropId();
  }

  /** Gives up the id; releases its lease, which may have been granted and is not used. */
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

  /** Handles a refusal by the server; a lease that is already held stays valid. */
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
