package io.datastored.client.internal.session;

import io.datastored.client.ClientMetrics;
import io.datastored.client.ClientOptions;
import io.datastored.client.LossCause;
import io.datastored.client.internal.cache.SessionEpoch;
import io.datastored.client.internal.cache.SharedLease;
import io.datastored.client.internal.loop.ClientClock;
import io.datastored.client.internal.loop.Counters;
import io.datastored.client.internal.loop.Loop;
import io.datastored.client.internal.loop.WireTimes;
import io.datastored.client.internal.transport.Backoff;
import io.datastored.client.internal.transport.Call;
import io.datastored.client.internal.transport.Failure;
import io.datastored.client.internal.transport.ServerChannel;
import io.datastored.v1.DatastoreServiceGrpc;
import io.datastored.v1.ErrorReason;
import io.datastored.v1.LookupRequest;
import java.util.HashSet;
import java.util.Set;

/**
 * Reclaims are the requests that continue, one by one, the leases granted before a restart of the
 * server, or by another one. Confined to the loop.
 *
 * <p>A renewal answered by a restarted server does not extend leases that this server does not
 * know. Only a lease that it has confirmed refers to the new opening; the others keep their
 * previous deadline.
 */
public final class Reclaims implements SessionObserver {

  private static final int AT_A_TIME = 32;

  private final ServerChannel channel;
  private final Loop loop;
  private final ClientClock clock;
  private final SessionLoop session;
  private final LeaseBook book;
  private final Counters counters;
  private final ClientMetrics metrics;
  private final Backoff backoff;
  private final Set<String> underWay = new HashSet<>();
  private boolean countedTooFew;

  public Reclaims(
      ServerChannel channel,
      Loop loop,
      ClientClock clock,
      SessionLoop session,
      LeaseBook book,
      Counters counters,
      ClientOptions options) {
    this.channel = channel;
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
   * Reopens the session if the server counts fewer leases than are held: one was lost there, or
   * released by another client. Each lease is then requested as after a restart.
   */
  @Override
  public void onCounted(long leases) {
    SessionEpoch opening = session.live();
    boolean tooFew = opening != null && leases < book.confirmed(opening);
    if (tooFew && countedTooFew) {
      countedTooFew = false;
      session.openAgain();
    } else if (tooFew) {
      // Ask for a second count: a lease may have been granted between this count and its arrival.
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
            .setContinuation(lease.grant().continuation())
            // Operators then see the purpose and age of the lease on the restarted server, too.
            .setPurpose(lease.grant().purpose())
            .setHeldFor(WireTimes.wire(clock.since(lease.grant().requestedAt())))
            .build();
    Call unused =
        channel.call(
            DatastoreServiceGrpc.getLookupMethod(),
            request,
            // After this deadline the lease is lost.
            clock.until(lease.opening().expiresAt()),
            (answer, sentAt) -> {
              underWay.remove(lease.id());
              backoff.reset();
              confirmed(lease, opening);
              goOn();
              session.settle();
            },
            failure -> {
              underWay.remove(lease.id());
              refused(lease, opening, failure);
            });
  }

  private void confirmed(SharedLease lease, SessionEpoch opening) {
    // The answer is from the server of that opening. If there was a later opening, its server must
    // confirm the lease, too; and a lease that has been lost in the meantime stays lost.
    if (lease.lost() == null && lease.opening() != opening) {
      lease.confirm(opening);
      counters.reclaimed.increment();
      metrics.reclaim(ClientMetrics.ReclaimResult.CONTINUED);
    }
  }

  private void refused(SharedLease lease, SessionEpoch opening, Failure failure) {
    if (failure.is(ErrorReason.ERROR_REASON_SESSION_NOT_FOUND)) {
      session.renewNow();
    } else if (failure.isOverQuota()) {
      // Places become free. The lease is valid until the end of its opening, and lost then.
      boolean unused = session.live() == opening && session.tryElsewhere();
    } else if (!failure.isTransientOnceAccepted()
        && !(failure.isDenied() && (session.live() != opening || session.tryElsewhere()))) {
      metrics.reclaim(ClientMetrics.ReclaimResult.ENDED);
      String cause = failure.refusal().map(r -> r.metadata().getOrDefault("cause", "")).orElse("");
      book.lose(lease, LossCause.NOT_CONTINUED, cause.isEmpty() ? failure.text() : cause);
      session.settle();
    }
    Loop.Timer unused = loop.schedule(backoff.next(failure, session.mostPutOff()), this::goOn);
  }
}
