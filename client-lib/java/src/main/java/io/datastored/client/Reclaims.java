package io.datastored.client;

import io.datastored.v1.DatastoreServiceGrpc;
import io.datastored.v1.ErrorReason;
import io.datastored.v1.LookupRequest;
import io.datastored.v1.LookupResponse;
import java.util.HashSet;
import java.util.Set;

/**
 * Reclaims continue the leases of before a restart of the server, one by one. Confined to the loop.
 *
 * <p>A renewal that a restarted server answers does not extend what that server does not know. Only
 * a lease that it has confirmed points to the new opening; the others keep the deadline they had.
 */
final class Reclaims implements SessionObserver {

  private static final int AT_A_TIME = 32;

  private final ServerChannel line;
  private final Loop loop;
  private final ClientClock clock;
  private final SessionLoop session;
  private final LeaseBook book;
  private final Counters counters;
  private final ClientMetrics metrics;
  private final Backoff backoff;
  private final Set<String> underWay = new HashSet<>();
  private boolean countedTooFew;

  Reclaims(
      ServerChannel line,
      Loop loop,
      ClientClock clock,
      SessionLoop session,
      LeaseBook book,
      Counters counters,
      ClientOptions options) {
    this.line = line;
    this.loop = loop;
    this.clock = clock;
    this.session = session;
    this.book = book;
    this.counters = counters;
    this.metrics = options.metrics();
    this.backoff = new Backoff(options.times(), options.sources().random());
  }

  @Override
  public void onOpened(SessionEpoch opening) {
    goOn();
  }

  /**
   * A server that counts fewer leases than are held has lost one, or somebody else has given it
   * back: the session is opened again, and each lease is asked for as after a restart.
   */
  @Override
  public void onCounted(long leases) {
    SessionEpoch opening = session.live();
    boolean tooFew = opening != null && leases < book.confirmed(opening);
    if (tooFew && countedTooFew) {
      countedTooFew = false;
      session.openAgain();
    } else if (tooFew) {
      // Counted again: a lease may have been granted after this was counted, and before it came.
      countedTooFew = true;
      session.renewNow();
    } else {
      countedTooFew = false;
    }
  }

  private void goOn() {
    SessionEpoch opening = session.live();
    if (opening == null) {
      return;
    }
    for (SharedLease lease : book.unconfirmed(opening)) {
      if (underWay.size() < AT_A_TIME && underWay.add(lease.id())) {
        confirm(lease, opening);
      }
    }
  }

  private void confirm(SharedLease lease, SessionEpoch opening) {
    LookupRequest request =
        LookupRequest.newBuilder()
            .setDatastore(lease.slot().datastore())
            .setOperation(lease.slot().operation().wire())
            .setSessionId(opening.sessionId())
            .setLeaseId(lease.id())
            .setHeldFencingToken(lease.token())
            // So that operators see for what and for how long, whichever server they ask.
            .setPurpose(lease.grant().purpose())
            .setHeldFor(WireTimes.wire(clock.since(lease.grant().askedAt())))
            .build();
    Call unused =
        line.call(
            DatastoreServiceGrpc.getLookupMethod(),
            request,
            // After that it is lost.
            clock.until(lease.opening().expiresAt()),
            new Call.Answer<LookupResponse>() {
              @Override
              public void answered(LookupResponse answer, long sentAt) {
                underWay.remove(lease.id());
                backoff.reset();
                confirmed(lease, opening);
                goOn();
              }

              @Override
              public void failed(Failure failure) {
                underWay.remove(lease.id());
                refused(lease, failure);
              }
            });
  }

  private void confirmed(SharedLease lease, SessionEpoch opening) {
    // By the server of that opening. If there has been another one since, it has to say so too; and
    // a lease that was lost meanwhile stays lost.
    if (lease.lost() == null && lease.opening() != opening) {
      lease.confirm(opening);
      counters.reclaimed.increment();
      metrics.reclaim(ClientMetrics.ReclaimResult.CONTINUED);
    }
  }

  private void refused(SharedLease lease, Failure failure) {
    boolean unknown = failure.is(ErrorReason.ERROR_REASON_SESSION_NOT_FOUND);
    if (!failure.isPassing() && !unknown) {
      metrics.reclaim(ClientMetrics.ReclaimResult.ENDED);
      String cause = failure.refusal().map(r -> r.metadata().getOrDefault("cause", "")).orElse("");
      book.lose(lease, LossCause.NOT_CONTINUED, cause.isEmpty() ? failure.text() : cause);
    } else if (unknown) {
      session.renewNow();
    }
    Loop.Timer unused = loop.schedule(backoff.next(failure, session.mostPutOff()), this::goOn);
  }
}
