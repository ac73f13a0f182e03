package io.datastored.client;

import io.datastored.client.StateChange.Cause;
import io.datastored.client.Term.Freshness;
import io.datastored.v1.Revision;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Terms make the term that readers see, tell each change of state, and notice when time is over.
 * Confined to the loop.
 */
final class Terms {

  private final NearCache cache;
  private final Loop loop;
  private final Callbacks callbacks;
  private final ClientMetrics metrics;
  private final StateWaits waits;
  private final Consumer<Cause> over;

  private ClientState told = ClientState.EXPIRED;
  private Loop.@Nullable Timer timer;

  /** The newest revision the server has told, and when that request was sent. */
  private @Nullable Revision newest;

  private long newestSentAt;

  /** Whether the watch has brought nothing whole yet since the session was opened. */
  private boolean silent = true;

  private boolean snapshotArriving;

  /**
   * @param over is told when the ttl is over or time was lost
   */
  Terms(
      NearCache cache,
      Loop loop,
      Callbacks callbacks,
      ClientMetrics metrics,
      StateWaits waits,
      Consumer<Cause> over) {
    this.cache = cache;
    this.loop = loop;
    this.callbacks = callbacks;
    this.metrics = metrics;
    this.waits = waits;
    this.over = over;
  }

  void opened(SessionEpoch opening, long sentAt, long wallAhead, Duration ttl, Revision revision) {
    newest = revision;
    newestSentAt = sentAt;
    silent = true;
    snapshotArriving = false;
    long vouchedAt = cache.term().vouchedAt();
    show(
        new Term(
            opening,
            ttl.toNanos(),
            suspectAt(sentAt, ttl),
            Freshness.SYNCING,
            vouchedAt,
            wallAhead),
        Cause.SESSION_OPENED);
  }

  void renewed(long sentAt, long wallAhead, Duration ttl, Revision revision) {
    newest = revision;
    newestSentAt = sentAt;
    Term before = cache.term();
    Term next =
        new Term(
            before.opening(),
            ttl.toNanos(),
            suspectAt(sentAt, ttl),
            before.standing(),
            before.vouchedAt(),
            wallAhead);
    Term stood = stand(next);
    show(stood, stood.standing() == Freshness.BEHIND ? Cause.BEHIND : Cause.RENEWED);
  }

  /** A whole frame of the present watch is in the view. */
  void applied() {
    if (endIfOver()) {
      return;
    }
    silent = false;
    snapshotArriving = false;
    show(stand(cache.term()), Cause.CAUGHT_UP);
  }

  /** A part of a snapshot has come, and what is in memory will be replaced. */
  void snapshotArrives() {
    if (!endIfOver() && !snapshotArriving) {
      snapshotArriving = true;
      show(stand(cache.term()), Cause.SNAPSHOT);
    }
  }

  /** The watch begins anew: parts that have come are forgotten. */
  void snapshotGivenUp() {
    snapshotArriving = false;
  }

  /** Nothing is promised any more; its opening has been ended. */
  void over(Cause cause) {
    show(cache.term(), cause);
  }

  /**
   * Looks at the clock before anything else is told: after a pause of the process a frame may be
   * here before the timer, and the state would change for a reason that is not the reason.
   */
  private boolean endIfOver() {
    if (isTimeLost()) {
      over.accept(Cause.TIME_LOST);
      return true;
    }
    if (cache.term().opening().isOverdue(cache.clock().now())) {
      over.accept(Cause.TTL_OVER);
      return true;
    }
    return false;
  }

  /** Looks at the clocks: nobody else may have come by since the machine went to sleep. */
  boolean isTimeLost() {
    Term term = cache.term();
    long now = cache.clock().now();
    return term.opening().isLive(now) && cache.clock().isTimeLost(term.wallAhead(), now);
  }

  private static long suspectAt(long sentAt, Duration ttl) {
    return sentAt + ttl.toNanos() / 3 * 2;
  }

  private Term stand(Term term) {
    Revision wanted = newest;
    if (silent || snapshotArriving || wanted == null) {
      return term.with(Freshness.SYNCING, term.vouchedAt());
    }
    // What the server said when that request was sent is in memory: all of it was true then.
    return cache.view().reaches(wanted)
        ? term.with(Freshness.CAUGHT_UP, newestSentAt)
        : term.with(
            term.standing() == Freshness.SYNCING ? Freshness.SYNCING : Freshness.BEHIND,
            term.vouchedAt());
  }

  private void show(Term term, Cause cause) {
    cache.show(term);
    tell(cause);
    await(term);
  }

  private void tell(Cause cause) {
    ClientState now = cache.term().state(cache.clock().now());
    if (now != told) {
      var change = new StateChange(told, now, cause);
      told = now;
      metrics.stateChange(change);
      callbacks.tell(listener -> listener.onState(change));
    }
    waits.reached(now);
  }

  /** Wakes up when the state changes by itself. */
  private void await(Term term) {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
    long now = cache.clock().now();
    if (term.opening().isLive(now)) {
      long next = now - term.suspectAt() < 0 ? term.suspectAt() : term.opening().expiresAt();
      timer = loop.schedule(Duration.ofNanos(next - now), this::onTime);
    }
  }

  private void onTime() {
    Term term = cache.term();
    if (isTimeLost()) {
      over.accept(Cause.TIME_LOST);
    } else if (!term.opening().isLive(cache.clock().now())) {
      over.accept(Cause.TTL_OVER);
    } else {
      tell(Cause.RENEWAL_OVERDUE);
      await(term);
    }
  }
}
