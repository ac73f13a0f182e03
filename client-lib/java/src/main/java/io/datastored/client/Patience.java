package io.datastored.client;

import java.time.Duration;

/**
 * Patience is the rule of how long a server channel waits for a sign of life, and after how many
 * failed waits it reconnects. Confined to the loop.
 */
final class Patience {

  private static final int MOST_DOUBLINGS = 3;
  private static final int FEWEST_IN_VAIN = 2;
  private static final int MOST_IN_VAIN = 16;
  private static final int MOST_OF_ONE_CALL = 4;

  private final ClientTimes times;
  private final ClientClock clock;

  /** Duration of the last answered call. */
  private Duration took = Duration.ZERO;

  /** Consecutive attempts without an answer, and the number after which the channel reconnects. */
  private int inVain;

  private int mostInVain = FEWEST_IN_VAIN;
  private long connectedAnewAt;

  Patience(ClientTimes times, ClientClock clock) {
    this.times = times;
    this.clock = clock;
    this.connectedAnewAt = clock.now();
  }

  /**
   * How long to wait for a sign of life before the request is repeated: longer with each failure,
   * and at least twice as long as the last answer took. A server to which thousands of clients
   * return is slow, and repeating a request that it is about to answer would make it slower.
   */
  Duration after(int failures) {
    Duration patience = times.attempt().multipliedBy(1L << Math.min(MOST_DOUBLINGS, failures));
    // Two waits must fit into a call's deadline; otherwise a dead connection would never be
    // detected.
    Duration learnt = shorter(took.multipliedBy(2), times.callDeadline().dividedBy(2));
    return shorter(patience.compareTo(learnt) < 0 ? learnt : patience, times.callDeadline());
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  /**
   * The same for OpenSession, which queues at the server behind the requests of all other clients.
   */
  Duration ofOpening() {
    return after(MOST_DOUBLINGS);
  }

  /** The same, but no longer than a term, which may be short, unless attempts have failed. */
  Duration ofOpening(Duration term, int failures) {
    Duration patience = shorter(ofOpening(), term);
    Duration repeated = after(failures);
    return patience.compareTo(repeated) < 0 ? repeated : patience;
  }

  /** Records that a call was answered after this time. */
  void answered(Duration time) {
    took = time;
    heard();
  }

  /** Records that the server responded, even if with a refusal. */
  void heard() {
    inVain = 0;
    mostInVain = FEWEST_IN_VAIN;
  }

  /** Records that the channel reconnects. */
  void connectedAnew() {
    connectedAnewAt = clock.now();
  }

  /**
   * Records that a sign of life requested at that time did not come; true if the channel must now
   * reconnect.
   */
  boolean endsSince(long askedAt) {
    // A request on the previous connection says nothing about this one.
    if (askedAt - connectedAnewAt < 0) {
      return false;
    }
    long attempts = clock.since(askedAt).dividedBy(times.attempt());
    return ends((int) Math.max(1, Math.min(MOST_OF_ONE_CALL, attempts)));
  }

  /**
   * Records this many failed attempts; true if the channel must now reconnect. The server may be
   * slow rather than dead, so each reconnection without an answer doubles the patience.
   */
  boolean ends(int attempts) {
    inVain += attempts;
    if (inVain < mostInVain) {
      return false;
    }
    inVain = 0;
    mostInVain = Math.min(2 * mostInVain, MOST_IN_VAIN);
    return true;
  }
}
