package io.datastored.client.internal.session;

import io.datastored.client.ClientOptions;
import io.datastored.client.ClientTimes;
import io.datastored.client.StateChange.Cause;
import io.datastored.client.internal.cache.NearCache;
import io.datastored.client.internal.cache.SessionEpoch;
import io.datastored.client.internal.loop.Callbacks;
import io.datastored.client.internal.loop.Counters;
import io.datastored.client.internal.loop.Loop;
import io.datastored.client.internal.loop.WireTimes;
import io.datastored.client.internal.transport.Backoff;
import io.datastored.client.internal.transport.Failure;
import io.datastored.v1.ErrorReason;
import io.datastored.v1.KeepAliveResponse;
import io.datastored.v1.OpenSessionRequest;
import io.datastored.v1.OpenSessionResponse;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The session loop opens the session, renews it, and opens a new one when it has ended. Confined to
 * the loop.
 *
 * <p>Every term is counted from the sending of the request. The server counts from its receipt,
 * which is later, so this client always stops first. There is one request in progress at a time.
 */
public final class SessionLoop {

  private static final long LEAST_PERIOD = TimeUnit.MILLISECONDS.toNanos(10);

  private final Servers servers;
  private final Loop loop;
  private final NearCache cache;
  private final LeaseBook book;
  private final ClientTimes times;
  private final SessionIds ids;
  private final SessionRequests requests;
  private final Backoff backoff;
  private final Terms terms;
  private final Handover handover;
  private final ClientHealth health;
  private final SessionNews news;

  private SessionEpoch current = SessionEpoch.NONE;
  private Duration ttl;
  private Loop.@Nullable Timer next;
  private boolean running;
  private boolean opening;
  private boolean again;

  /** Whether the next attempt has to wait, at whichever server. */
  private boolean resting;

  public SessionLoop(
      Servers servers,
      Loop loop,
      NearCache cache,
      LeaseBook book,
      Callbacks callbacks,
      StateWaits waits,
      ClientHealth health,
      Counters counters,
      ClientOptions options,
      OpenSessionRequest request) {
    this.servers = servers;
    this.loop = loop;
    this.cache = cache;
    this.book = book;
    this.health = health;
    this.news = new SessionNews(callbacks, counters);
    this.times = options.times();
    this.ids = new SessionIds(options.sources().ids());
    this.requests = new SessionRequests(servers, cache, request);
    this.backoff = new Backoff(times, options.sources().random());
    this.ttl = times.ttl();
    this.terms = new Terms(cache, loop, callbacks, options, waits, this::expire);
    this.handover = new Handover(servers, loop, cache.clock(), book, terms, times.closing());
    servers.onUnreachable(this::moveOn);
  }

  /** Adds an observer; only before the start. */
  public void observe(SessionObserver observer) {
    news.observe(observer);
  }

  public Terms terms() {
    return terms;
  }

  /** The opening under which leases can be granted now; null if there is none. */
  public @Nullable SessionEpoch live() {
    return running && !opening && current.isLive(cache.clock().now()) ? current : null;
  }

  /**
   * Whether an earlier opening belongs to the present session, so that its leases can be continued.
   */
  public boolean continues(SessionEpoch earlier) {
    return ids.areOf(earlier) && earlier.isLive(cache.clock().now());
  }

  /** The longest delay of a retry: a third of the ttl, or {@code mostBackoff} if that is longer. */
  public Duration mostPutOff() {
    Duration third = ttl.dividedBy(3);
    return third.compareTo(times.mostBackoff()) > 0 ? third : times.mostBackoff();
  }

  public void start() {
    running = true;
    ids.begin(current);
    open();
  }

  /**
   * Stops the loop and ends the present opening; the result is the id of the session to close at
   * the present server.
   */
  public String stop() {
    running = false;
    cancel();
    current.end();
    servers.endLeft();
    terms.over(Cause.CLOSED);
    return ids.present();
  }

  /** Leaves the server before the present one for good, if nothing depends on it any more. */
  public void settle() {
    if (running && !opening && handover.settle(current)) {
      ids.askAnew();
    }
  }

  /** Renews now: the server waits for an acknowledgement, or may know more about the session. */
  public void renewNow() {
    if (!running || opening) {
      return;
    }
    if (requests.areUnderWay()) {
      again = true;
    } else {
      renew();
    }
  }

  /**
   * Resumes after the connection, and perhaps the server, was lost; at another one, if there is. A
   * client without leases has nothing to reclaim, so it opens the session without asking whether
   * the server knows it: thousands of clients save a restarted server one call each.
   */
  public void resume() {
    if (running && !opening && servers.areSeveral()) {
      moveOn();
    } else if (running && !opening && book.isEmpty()) {
      open();
    } else {
      renewNow();
    }
  }

  /** Reopens the session under its id: the server must confirm each lease. */
  void openAgain() {
    if (running && !opening) {
      open();
    }
  }

  /** Checks whether time was lost; to be called regularly. */
  public void look() {
    if (running && terms.isTimeLost()) {
      expire(Cause.TIME_LOST);
    }
  }

  /**
   * Goes on at the next server, unless all were tried: the present one refuses something that
   * another one may grant.
   *
   * @return whether another server is tried
   */
  public boolean tryElsewhere() {
    if (running && !opening && servers.haveOthersToTry()) {
      moveOn();
    }
    return opening;
  }

  /** Goes on at the next server: the present one cannot be reached, or can promise nothing. */
  private void moveOn() {
    if (running && !resting) {
      leave(false);
    }
  }

  /** Goes on at the next server, after a pause if all were tried or one is wanted. */
  private void leave(boolean pauses) {
    // From here on no answer of the server that is left extends anything, and nothing is granted
    // before the next one has opened the session. What was promised before stays, by the clock.
    cancel();
    opening = true;
    if (servers.next() || pauses) {
      resting = true;
      retry(servers.pause(), this::open);
    } else {
      open();
    }
  }

  private void open() {
    cancel();
    opening = true;
    resting = false;
    requests.open(ids.asked(), current, ttl, backoff.failures(), this::opened, this::notOpened);
  }

  private void notOpened(Failure failure) {
    boolean elsewhere = servers.areWorthATry(failure);
    if (!elsewhere || failure.isTransient() || !servers.haveOthersToTry()) {
      health.sessionFailed(failure);
    }
    if (elsewhere) {
      // If it answers, the others may answer the same: there is time for a pause.
      leave(failure.mayDifferElsewhere());
    } else {
      retry(backoff.next(failure, mostPutOff()), this::open);
    }
  }

  private void opened(OpenSessionResponse answer, long sentAt, long wallAhead) {
    ttl = WireTimes.duration(answer.getTtl());
    SessionEpoch before = current;
    SessionEpoch now =
        before.next(servers.present(), answer.getSessionId(), sentAt + ttl.toNanos());
    long time = cache.clock().now();
    if (!now.isLive(time) || cache.clock().isTimeLost(wallAhead, time)) {
      retry(backoff.next(), this::open);
      return;
    }
    opening = false;
    health.sessionRecovered();
    backoff.reset();
    current = now;
    ids.given(now);
    boolean continued = handover.opened(before, now);
    boolean moved = servers.haveLeft(cache.term().opening());
    terms.opened(now, sentAt, wallAhead, ttl, answer.getRevision(), moved);
    news.opened(now, continued, ttl, answer.getRevision());
    settle();
    renewAfter(sentAt);
  }

  private void renew() {
    cancel();
    again = false;
    SessionEpoch renewing = current;
    requests.renew(
        ids.present(),
        ttl,
        terms.untilSuspect(),
        backoff.failures(),
        (answer, sentAt, wallAhead) -> renewed(renewing, answer, sentAt, wallAhead),
        this::notRenewed);
  }

  private void renewed(
      SessionEpoch renewing, KeepAliveResponse answer, long sentAt, long wallAhead) {
    look();
    // Ended leases first: they are no longer valid, whatever the rest of the answer says.
    answer.getEndedLeaseIdsList().forEach(book::endedByServer);
    long now = cache.clock().now();
    if (renewing != current || !renewing.isLive(now) || cache.clock().isTimeLost(wallAhead, now)) {
      // Too late, or for another opening: an opening that is over stays over.
      return;
    }
    backoff.reset();
    servers.renewed();
    ttl = WireTimes.duration(answer.getTtl());
    renewing.extend(sentAt + ttl.toNanos());
    terms.renewed(sentAt, wallAhead, ttl, answer.getRevision());
    news.renewed(answer);
    health.sessionRecovered();
    settle();
    if (opening) {
      // An observer has decided to reopen the session.
      return;
    }
    if (again) {
      renew();
    } else {
      renewAfter(sentAt);
    }
  }

  private void notRenewed(Failure failure) {
    look();
    if (!failure.is(ErrorReason.ERROR_REASON_SESSION_NOT_FOUND)) {
      health.sessionFailed(failure);
      Duration delay = backoff.next(failure, mostPutOff());
      if (servers.mayHelp(failure) && (failure.isUnavailable() || terms.areSuspectIn(delay))) {
        moveOn();
      } else {
        retry(delay, this::renew);
      }
    } else if (failure.isRecovering() && current.isLive(cache.clock().now())) {
      open();
    } else {
      // A term that is over by the clock ended before the server reported it.
      expire(current.isOverdue(cache.clock().now()) ? Cause.TTL_OVER : Cause.SESSION_ENDED);
    }
  }

  /** Ends the session with all its leases and opens a new one; nothing is reclaimed. */
  private void expire(Cause cause) {
    if (!running) {
      return;
    }
    // End the opening first: a late answer then extends nothing, and alive() is false from here on.
    current.end();
    handover.over(cause);
    news.over();
    ids.begin(current);
    ttl = times.ttl();
    open();
  }

  private void renewAfter(long sentAt) {
    long period = Math.max(ttl.toNanos() / 3, LEAST_PERIOD);
    retry(cache.clock().until(sentAt + period), this::renew);
  }

  private void retry(Duration delay, Runnable what) {
    if (running && !requests.areUnderWay()) {
      Loop.Timer.cancel(next);
      next = loop.schedule(delay, what);
    }
  }

  private void cancel() {
    requests.cancel();
    Loop.Timer.cancel(next);
    next = null;
  }

  String sessionId() {
    return ids.present();
  }
}
