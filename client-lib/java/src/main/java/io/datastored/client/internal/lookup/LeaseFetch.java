package io.datastored.client.internal.lookup;

import io.datastored.client.LossCause;
import io.datastored.client.Origin;
import io.datastored.client.RefusedException;
import io.datastored.client.internal.cache.CachedDatastore;
import io.datastored.client.internal.cache.LeaseGrant;
import io.datastored.client.internal.cache.LeaseSlot;
import io.datastored.client.internal.cache.LocalHandle;
import io.datastored.client.internal.cache.NearCache;
import io.datastored.client.internal.cache.SessionEpoch;
import io.datastored.client.internal.cache.SharedLease;
import io.datastored.client.internal.loop.Loop;
import io.datastored.client.internal.transport.Backoff;
import io.datastored.client.internal.transport.Call;
import io.datastored.client.internal.transport.Failure;
import io.datastored.v1.DatastoreServiceGrpc;
import io.datastored.v1.ErrorReason;
import io.datastored.v1.Lease;
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

  private final InFlight inFlight;
  private final LeaseSlot slot;
  private final Backoff backoff;
  private final List<PendingLookup> waiters = new ArrayList<>();

  /** The lease to be confirmed, counted for this fetch; null: a new lease is requested. */
  private @Nullable SharedLease held;

  /** The requested lease id; empty: none yet. */
  private String id = "";

  /** The lease of an answer from an earlier opening, which must be confirmed; null: none. */
  private @Nullable Lease unconfirmed;

  private @Nullable Call call;
  private Loop.@Nullable Timer next;
  private long sentAt;
  private String purpose = "";

  LeaseFetch(InFlight inFlight, LeaseSlot slot) {
    this.inFlight = inFlight;
    this.slot = slot;
    this.backoff = inFlight.backoff();
  }

  LeaseSlot slot() {
    return slot;
  }

  void add(PendingLookup waiter) {
    waiters.add(waiter);
    Loop.Timer unused =
        inFlight.loop.schedule(
            left(waiter),
            () -> {
              if (waiters.remove(waiter)) {
                waiter.timeOut(failure());
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
  void forget(PendingLookup waiter) {
    if (waiters.remove(waiter)) {
      boolean unused = endIfNobodyWaits();
    }
  }

  private Optional<Failure> failure() {
    return inFlight.session.live() == null
        ? inFlight.health.sessionFailure()
        : inFlight.channel.health().failure();
  }

  /** Sends the request, if none is in progress and there is a session. */
  void goOn() {
    next = null;
    waiters.removeIf(PendingLookup::isDone);
    if (call != null || endIfNobodyWaits()) {
      return;
    }
    SessionEpoch opening = inFlight.session.live();
    if (opening != null) {
      choose(opening);
      send(opening);
    } else {
      inFlight.health.permanentFailure().ifPresent(failure -> fail(failure.exception()));
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
    id = inFlight.ids().get();
    inFlight.book.requesting(id);
  }

  private void send(SessionEpoch opening) {
    purpose = waiters.get(0).options().purpose();
    CachedDatastore known = inFlight.cache.view().find(slot.datastore());
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
    if (unconfirmed != null) {
      request.setHeldFencingToken(unconfirmed.getFencingToken());
      request.setContinuation(unconfirmed.getContinuation());
    } else {
      newest().ifPresent(request::setAtLeast);
    }
    sentAt = inFlight.cache.clock().now();
    waiters.forEach(waiter -> waiter.tried("asked the server"));
    call =
        inFlight.channel.call(
            DatastoreServiceGrpc.getLookupMethod(),
            request.build(),
            (answer, sentAt) -> {
              call = null;
              granted(answer, known, opening);
            },
            failure -> {
              call = null;
              refused(failure);
            });
  }

  /** The newest revision that a waiting lookup requires. */
  private Optional<Revision> newest() {
    return waiters.stream()
        .flatMap(waiter -> waiter.options().atLeast().stream())
        .max((a, b) -> Long.compare(a.getGeneration(), b.getGeneration()));
  }

  private void granted(
      LookupResponse answer, @Nullable CachedDatastore known, SessionEpoch opening) {
    SessionEpoch now = inFlight.session.live();
    if (now != opening) {
      // The session was reopened since: a restarted server may not know what the previous one
      // granted.
      if (inFlight.session.continues(opening)) {
        unconfirmed = answer.getLease();
      } else {
        dropId();
      }
      retry(Duration.ZERO);
      return;
    }
    if (inFlight.book.hasEndedEarly(id)) {
      dropId();
      retry(Duration.ZERO);
      return;
    }
    SharedLease lease =
        held != null
            ? held
            : inFlight.book.adopt(
                LeaseGrant.of(answer.getLease(), id, slot, purpose, sentAt), opening);
    held = null;
    id = "";
    unconfirmed = null;
    backoff.reset();
    CachedDatastore datastore = inFlight.applier.fill(answer, known);
    hand(datastore, lease);
    CachedDatastore present = inFlight.cache.view().find(slot.datastore());
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
    NearCache cache = inFlight.cache;
    Revision revision = cache.view().revisionOf(datastore);
    // A frame that was pushed in the meantime is newer than the answer, so the mode is checked
    // again.
    Optional<RefusedException> refusal = cache.refusal(datastore, slot.operation());
    for (PendingLookup waiter : List.copyOf(waiters)) {
      if (refusal.isPresent()) {
        waiter.fail(refusal.get());
      } else if (lease.lost() != null
          || !waiter.accepts(sentAt)
          || !waiter.accepts(revision)
          || !lease.enter()) {
        continue;
      } else {
        waiter.grant(new LocalHandle(datastore, revision, lease, sentAt, Origin.SERVER, cache));
      }
      waiters.remove(waiter);
    }
  }

  private void refused(Failure failure) {
    waiters.forEach(waiter -> waiter.tried(failure.text()));
    if (failure.is(ErrorReason.ERROR_REASON_LEASE_ENDED)
        || failure.is(ErrorReason.ERROR_REASON_LEASE_ID_REUSED)) {
      SharedLease gone = held;
      if (gone != null) {
        inFlight.book.lose(gone, LossCause.NOT_CONTINUED, failure.text());
      }
      dropId();
      retry(backoff.next());
    } else if (failure.is(ErrorReason.ERROR_REASON_SESSION_NOT_FOUND)) {
      inFlight.session.renewNow();
      retry(backoff.next());
    } else if (failure.isTransientOnceAccepted()) {
      putOff(failure);
    } else {
      inFlight.remember(slot.datastore(), failure, sentAt);
      notGranted();
      fail(failure.exception());
    }
  }

  private void putOff(Failure failure) {
    Duration delay = backoff.next(failure, inFlight.times().mostBackoff());
    if (failure.is(ErrorReason.ERROR_REASON_NOT_READY)) {
      // A lookup whose deadline is sooner fails with the server's answer.
      for (PendingLookup waiter : List.copyOf(waiters)) {
        if (left(waiter).compareTo(delay) <= 0) {
          waiters.remove(waiter);
          waiter.fail(failure.exception());
        }
      }
    }
    if (!endIfNobodyWaits()) {
      retry(delay);
    }
  }

  private void retry(Duration delay) {
    if (next == null) {
      next = inFlight.loop.schedule(delay, this::goOn);
    }
  }

  /** Handles the end of the session; waiting lookups are requested again under the next one. */
  void sessionOver() {
    Call.cancel(call);
    call = null;
    dropId();
  }

  /** Gives up the id; releases its lease, which may have been granted and is not used. */
  private void dropId() {
    SharedLease lease = held;
    held = null;
    unconfirmed = null;
    if (lease != null) {
      lease.exit();
    } else if (!id.isEmpty()) {
      inFlight.book.drop(id);
    }
    id = "";
  }

  /** Handles a refusal by the server; a lease that is already held stays valid. */
  private void notGranted() {
    if (held == null && unconfirmed == null && !id.isEmpty()) {
      inFlight.book.notGranted(id);
      id = "";
    }
    dropId();
  }

  void fail(RuntimeException error) {
    List<PendingLookup> all = List.copyOf(waiters);
    waiters.clear();
    all.forEach(waiter -> waiter.fail(error));
    boolean unused = endIfNobodyWaits();
  }

  private boolean endIfNobodyWaits() {
    if (!waiters.isEmpty()) {
      return false;
    }
    Call.cancel(call);
    Loop.Timer.cancel(next);
    call = null;
    next = null;
    dropId();
    inFlight.done(this);
    return true;
  }

  private Duration left(PendingLookup waiter) {
    return inFlight.cache.clock().until(waiter.deadline());
  }
}
