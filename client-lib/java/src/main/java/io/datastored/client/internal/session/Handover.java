package io.datastored.client.internal.session;

import io.datastored.client.LossCause;
import io.datastored.client.StateChange.Cause;
import io.datastored.client.internal.cache.SessionEpoch;
import io.datastored.client.internal.loop.ClientClock;
import io.datastored.client.internal.loop.Loop;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A handover is what happens to leases and terms when the session is opened again, at a server that
 * was restarted or at another one. Confined to the loop.
 *
 * <p>A client leaves a server for good when nothing depends on it any more: make before break. Each
 * other order is wrong.
 *
 * <ol>
 *   <li>The session is open at the present server.
 *   <li>Each lease is confirmed there. If the session were closed before: closed at server A | a
 *       drain finds the lease counted neither at A nor at B | DRAINED | its holder still works,
 *       until the end of the opening at A by its own clock.
 *   <li>The client is FRESH there. Until then lookups are answered under the term of A, where
 *       drains wait for this client to apply each mode.
 *   <li>That term and that opening end, and then the session at A is closed. If it were closed
 *       before: closed at A | a mode is set, and DRAINED, as A waits for nobody | a lookup is
 *       answered under the term of A, from before the mode.
 * </ol>
 */
final class Handover {

  private final Servers servers;
  private final Loop loop;
  private final ClientClock clock;
  private final LeaseBook book;
  private final Terms terms;
  private final Duration timeout;

  /**
   * @param timeout how long a server that was left may take to close a session
   */
  Handover(
      Servers servers,
      Loop loop,
      ClientClock clock,
      LeaseBook book,
      Terms terms,
      Duration timeout) {
    this.servers = servers;
    this.loop = loop;
    this.clock = clock;
    this.book = book;
    this.terms = terms;
    this.timeout = timeout;
  }

  /**
   * Handles an opening. What was promised before holds to the end of its own opening, by the clock:
   * also if the one between was shorter.
   *
   * @return whether something of before holds, so that it can be continued
   */
  boolean opened(SessionEpoch before, SessionEpoch now) {
    long time = clock.now();
    servers.forgetOver(time);
    book.loseExpired(time);
    servers.opened(now);
    if (!before.isLive(time)) {
      return servers.haveLive(time);
    }
    // Leases that this server does not confirm are valid until the deadline of the previous
    // opening.
    Loop.Timer unused =
        loop.schedule(
            clock.until(before.expiresAt()),
            () -> {
              book.loseThoseOf(before, LossCause.NOT_CONTINUED, "not confirmed in time");
              servers.forget(before);
            });
    return true;
  }

  /** Handles the end of the session, and of all that was opened for it. */
  void over(Cause cause) {
    servers.forgetLeft();
    terms.over(cause);
    switch (cause) {
      case SESSION_ENDED -> book.loseAll(LossCause.SESSION_ENDED, "session-ended");
      case TIME_LOST -> book.loseAll(LossCause.EXPIRED, "time-lost");
      default -> book.loseAll(LossCause.EXPIRED, "expired");
    }
  }

  /**
   * Leaves the servers before the present one for good, if nothing depends on them any more.
   *
   * @return whether the end of a session was sent, which may arrive much later
   */
  boolean settle(SessionEpoch present) {
    if (servers.haveLeft() && book.unconfirmed(present).isEmpty() && terms.isSettled()) {
      terms.reveal();
      servers.endLeft();
      List<CompletableFuture<Void>> sent = servers.closeLeft(present.sessionId(), timeout);
      return !sent.isEmpty();
    }
    return false;
  }
}
