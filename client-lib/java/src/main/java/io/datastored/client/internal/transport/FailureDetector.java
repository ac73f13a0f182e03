package io.datastored.client.internal.transport;

import io.datastored.client.ClientTimes;
import io.datastored.client.internal.loop.ClientClock;
import java.time.Duration;

/**
 * A failure detector is the rule of how long a server channel waits for a heartbeat, and after how
 * many failed waits it reconnects. Confined to the loop.
 */
public final class FailureDetector {

  private static final int MOST_DOUBLINGS = 3;
  private static final int FEWEST_MISSES = 2;
  private static final int MOST_MISSES = 16;
  private static final int MOST_OF_ONE_CALL = 4;

  private final ClientTimes times;
  private final ClientClock clock;

  /** Duration of the last answered call. */
  private Duration took = Duration.ZERO;

  /** Consecutive attempts without an answer, and the number after which the channel reconnects. */
  private int misses;

  private int missesAllowed = FEWEST_MISSES;
  private long reconnectedAt;

  FailureDetector(ClientTimes times, ClientClock clock) {
    this.times = times;
    this.clock = clock;
    this.reconnectedAt = clock.now();
  }

  /**
   * How long to wait for a heartbeat before the request is repeated: longer with each failure, and
   * at least twice as long as the last answer took. A server to which thousands of clients return
   * is slow, and repeating a request that it is about to answer would make it slower.
   */
  public Duration timeout(int failures) {
    Duration timeout = times.attempt().multipliedBy(1L << Math.min(MOST_DOUBLINGS, failures));
    // Two waits must fit into a call's deadline; otherwise a dead connection would never be
    // detected.
    Duration learnt = shorter(took.multipliedBy(2), times.callDeadline().dividedBy(2));
    return shorter(timeout.compareTo(learnt) < 0 ? learnt : timeout, times.callDeadline());
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  /**
   * The same for OpenSession, which queues at the server behind the requests of all other clients.
   */
  public Duration openTimeout() {
    return timeout(MOST_DOUBLINGS);
  }

  /** The same, but no longer than a term, which may be short, unless attempts have failed. */
  public Duration openTimeout(Duration term, int failures) {
    Duration timeout = shorter(openTimeout(), term);
    Duration repeated = timeout(failures);
    return timeout.compareTo(repeated) < 0 ? repeated : timeout;
  }

  /** Records that a call was answered after this time. */
  void answered(Duration time) {
    took = time;
    responded();
  }

  /** Records that the server responded, even if with a refusal. */
  void responded() {
    misses = 0;
    missesAllowed = FEWEST_MISSES;
  }

  /** Records that calls go to another server from now on, which says nothing of that one. */
  void left() {
    took = Duration.ZERO;
    responded();
    reconnected();
  }

  /** Records that the channel reconnects. */
  void reconnected() {
    reconnectedAt = clock.now();
  }

  /**
   * Records that a heartbeat requested at that time did not come; true if the channel must now
   * reconnect.
   */
  boolean missedSince(long requestedAt) {
    // A request on the previous connection says nothing about this one.
    if (requestedAt - reconnectedAt < 0) {
      return false;
    }
    long attempts = clock.since(requestedAt).dividedBy(times.attempt());
    return missed((int) Math.max(1, Math.min(MOST_OF_ONE_CALL, attempts)));
  }

  /**
   * Records this many failed attempts; true if the channel must now reconnect. The server may be
   * slow rather than dead, so each reconnection without an answer doubles the timeout.
   */
  boolean missed(int attempts) {
    misses += attempts;
    if (misses < missesAllowed) {
      return false;
    }
    misses = 0;
    missesAllowed = Math.min(2 * missesAllowed, MOST_MISSES);
    return true;
  }
}
