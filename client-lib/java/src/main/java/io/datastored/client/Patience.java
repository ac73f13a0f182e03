package io.datastored.client;

import java.time.Duration;

/**
 * Patience is how long signs of life are waited for on a line, and how many in vain until its
 * connection is made anew. Confined to the loop.
 */
final class Patience {

  private static final int MOST_DOUBLINGS = 3;
  private static final int FEWEST_IN_VAIN = 2;
  private static final int MOST_IN_VAIN = 16;
  private static final int MOST_OF_ONE_CALL = 4;

  private final ClientTimes times;
  private final ClientClock clock;

  /** How long the last answer took. */
  private Duration took = Duration.ZERO;

  /** How many attempts were in vain in a row, and after how many the connection is made anew. */
  private int inVain;

  private int mostInVain = FEWEST_IN_VAIN;
  private long connectedAnewAt;

  Patience(ClientTimes times, ClientClock clock) {
    this.times = times;
    this.clock = clock;
    this.connectedAnewAt = clock.now();
  }

  /**
   * How long to wait for a sign of life before it is asked for again: longer with each failure, and
   * at least twice as long as the last answer took. A server that thousands come back to is slow,
   * and to ask it again what it is about to answer would make it slower.
   */
  Duration after(int failures) {
    Duration patience = times.attempt().multipliedBy(1L << Math.min(MOST_DOUBLINGS, failures));
    // A call's deadline has room for two, or a connection that is dead would never be found out.
    Duration learnt = shorter(took.multipliedBy(2), times.callDeadline().dividedBy(2));
    return shorter(patience.compareTo(learnt) < 0 ? learnt : patience, times.callDeadline());
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  /** The same for what waits in line with that of all other clients. */
  Duration ofOpening() {
    return after(MOST_DOUBLINGS);
  }

  /** The same, for no longer than a term, which may be short, unless attempts have failed. */
  Duration ofOpening(Duration term, int failures) {
    Duration patience = shorter(ofOpening(), term);
    Duration repeated = after(failures);
    return patience.compareTo(repeated) < 0 ? repeated : patience;
  }

  /** Something was answered, and took so long. */
  void answered(Duration time) {
    took = time;
    heard();
  }

  /** The server has said something, if only no. */
  void heard() {
    inVain = 0;
    mostInVain = FEWEST_IN_VAIN;
  }

  /** The connection is made anew. */
  void connectedAnew() {
    connectedAnewAt = clock.now();
  }

  /**
   * A sign of life that was asked for then was waited for in vain; whether it was the last one
   * until the connection is made anew.
   */
  boolean endsSince(long askedAt) {
    // What was asked on the connection before says nothing of this one.
    if (askedAt - connectedAnewAt < 0) {
      return false;
    }
    long attempts = clock.since(askedAt).dividedBy(times.attempt());
    return ends((int) Math.max(1, Math.min(MOST_OF_ONE_CALL, attempts)));
  }

  /**
   * The same for so many attempts. But the server may be slow without being dead, so each new
   * connection in vain doubles the patience.
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
