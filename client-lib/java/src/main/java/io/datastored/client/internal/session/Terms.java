package io.datastored.client.internal.session;

import io.datastored.client.ClientMetrics;
import io.datastored.client.ClientOptions;
import io.datastored.client.ClientState;
import io.datastored.client.StateChange;
import io.datastored.client.StateChange.Cause;
import io.datastored.client.internal.cache.NearCache;
import io.datastored.client.internal.cache.SessionEpoch;
import io.datastored.client.internal.cache.Term;
import io.datastored.client.internal.cache.Term.Freshness;
import io.datastored.client.internal.loop.Callbacks;
import io.datastored.client.internal.loop.Loop;
import io.datastored.v1.Revision;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Terms publish the term that readers see, report each change of state, and detect the end of a
 * term. Confined to the loop.
 */
public final class Terms {

  private final NearCache cache;
  private final Loop loop;
  private final Callbacks callbacks;
  private final ClientMetrics metrics;
  private final boolean caches;
  private final StateWaits waits;
  private final Consumer<Cause> over;

  private ClientState told = ClientState.EXPIRED;
  private Loop.@Nullable Timer timer;

  /** The last revision that the server reported, and when that request was sent. */
  private @Nullable Revision newest;

  private long newestSentAt;

  /**
   * Whether the watch has delivered no complete frame since the session was opened or the watch was
   * refused.
   */
  private boolean silent = true;

  private boolean snapshotArriving;

  /**
   * The term at the present server that is not shown yet, because the one of the server before it
   * still holds; null: the shown term is the present one.
   */
  private @Nullable Term coming;

  /**
   * @param over called when the ttl is over or time was lost
   */
  Terms(
      NearCache cache,
      Loop loop,
      Callbacks callbacks,
      ClientOptions options,
      StateWaits waits,
      Consumer<Cause> over) {
    this.cache = cache;
    this.loop = loop;
    this.callbacks = callbacks;
    this.metrics = options.metrics();
    this.caches = options.nearCache();
    this.waits = waits;
    this.over = over;
  }

  /**
   * @param moved whether the shown term is of a server that was left
   */
  void opened(
      SessionEpoch opening,
      long sentAt,
      long wallAhead,
      Duration ttl,
      Revision revision,
      boolean moved) {
    newest = revision;
    newestSentAt = sentAt;
    silent = true;
    snapshotArriving = false;
    Term shown = cache.term();
    var next =
        new Term(
            opening,
            ttl.toNanos(),
            suspectAt(sentAt, ttl),
            Freshness.SYNCING,
            shown.vouchedAt(),
            wallAhead);
    // Without a near cache nothing is answered under a term, so there is nothing to go on with.
    if (moved && caches && shown.opening().isLive(cache.clock().now())) {
      coming = next;
    } else {
      show(next, Cause.SESSION_OPENED);
    }
  }

  /** The term of the present server. */
  private Term present() {
    Term next = coming;
    return next == null ? cache.term() : next;
  }

  /** Records how the term of the present server stands, and shows it unless another one holds. */
  private void put(Term term, Cause cause) {
    if (coming == null) {
      show(term, cause);
    } else {
      coming = term;
    }
  }

  /** How long the client stays FRESH without another renewal. */
  Duration untilSuspect() {
    return cache.clock().until(present().suspectAt());
  }

  /** Whether the client would not be FRESH any more if it waited for so long. */
  boolean areSuspectIn(Duration delay) {
    return untilSuspect().compareTo(delay) <= 0;
  }

  /** Whether the client is FRESH at the present server, or has no near cache. */
  boolean isSettled() {
    return !caches || present().state(cache.clock().now()) == ClientState.FRESH;
  }

  /**
   * Shows the term of the present server from now on: what is in memory is only what it vouches
   * for.
   */
  public void reveal() {
    Term next = coming;
    if (next != null) {
      show(next, Cause.SESSION_OPENED);
    }
  }

  void renewed(long sentAt, long wallAhead, Duration ttl, Revision revision) {
    newest = revision;
    newestSentAt = sentAt;
    Term before = present();
    Term next =
        new Term(
            before.opening(),
            ttl.toNanos(),
            suspectAt(sentAt, ttl),
            before.standing(),
            before.vouchedAt(),
            wallAhead);
    Term stood = stand(next);
    put(stood, stood.standing() == Freshness.BEHIND ? Cause.BEHIND : Cause.RENEWED);
  }

  /** Handles a complete frame of the present watch, which is already in the view. */
  public void applied() {
    if (endIfOver()) {
      return;
    }
    silent = false;
    snapshotArriving = false;
    put(stand(present()), Cause.CAUGHT_UP);
  }

  /**
   * Handles a refusal of the watch. What is in memory may be hidden from this client now, and later
   * changes of it do not arrive.
   */
  public void watchRefused() {
    if (!endIfOver()) {
      silent = true;
      reveal();
      show(stand(cache.term()), Cause.WATCH_REFUSED);
    }
  }

  /** Handles the first parts of a snapshot, which will replace what is in memory. */
  public void snapshotArrives() {
    if (!endIfOver() && !snapshotArriving) {
      snapshotArriving = true;
      // It may be of an earlier state than the one that the shown term vouches for.
      reveal();
      show(stand(cache.term()), Cause.SNAPSHOT);
    }
  }

  /** Forgets an incomplete snapshot, because the watch is reopened. */
  public void snapshotGivenUp() {
    snapshotArriving = false;
  }

  /** Reports that the term is over; its opening has already been ended. */
  void over(Cause cause) {
    coming = null;
    show(cache.term(), cause);
  }

  /**
   * Checks the clocks before any other event is reported: after a pause of the process a frame may
   * arrive before the timer runs, and the state change would have the wrong cause.
   */
  private boolean endIfOver() {
    if (isTimeLost()) {
      over.accept(Cause.TIME_LOST);
      return true;
    }
    revealIfOver();
    if (cache.term().opening().isOverdue(cache.clock().now())) {
      over.accept(Cause.TTL_OVER);
      return true;
    }
    return false;
  }

  /** Shows the term of the present server if that of the server before it is over. */
  private void revealIfOver() {
    if (coming != null && !cache.term().opening().isLive(cache.clock().now())) {
      reveal();
    }
  }

  /** Whether the machine was suspended during the term; no other check may have run since. */
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
    // The view has all that the server knew when that request was sent, so it was true at that
    // time.
    return cache.view().reaches(wanted)
        ? term.with(Freshness.CAUGHT_UP, newestSentAt)
        : term.with(
            term.standing() == Freshness.SYNCING ? Freshness.SYNCING : Freshness.BEHIND,
            term.vouchedAt());
  }

  private void show(Term term, Cause cause) {
    coming = null;
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

  /** Schedules a check for when the state changes without an event. */
  private void await(Term term) {
    Loop.Timer.cancel(timer);
    timer = null;
    long now = cache.clock().now();
    if (term.opening().isLive(now)) {
      long next = now - term.suspectAt() < 0 ? term.suspectAt() : term.opening().expiresAt();
      timer = loop.schedule(Duration.ofNanos(next - now), this::onTime);
    }
  }

  private void onTime() {
    if (isTimeLost()) {
      over.accept(Cause.TIME_LOST);
      return;
    }
    revealIfOver();
    Term term = cache.term();
    if (!term.opening().isLive(cache.clock().now())) {
      over.accept(Cause.TTL_OVER);
    } else {
      tell(Cause.RENEWAL_OVERDUE);
      await(term);
    }
  }
}
