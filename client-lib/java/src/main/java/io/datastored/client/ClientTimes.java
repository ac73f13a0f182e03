package io.datastored.client;

import java.time.Duration;

/**
 * Client times are all times that a client keeps to. Immutable.
 *
 * @param ttl the wanted time to live of the session; the server brings it into its bounds
 * @param linger after how long without use a lease is given back
 * @param callDeadline how long a lookup or write may take when its caller does not say
 * @param attempt how long the session waits for a sign of life of the server before it asks again,
 *     and a call for a connection before another one is tried for; no call is made again by it
 * @param leastBackoff before the first repetition, drawn from zero to this
 * @param mostBackoff before any repetition, also when the server asks for more
 * @param negativeTtl how long the answer that there is no such datastore is remembered at most
 * @param bookmarkInterval wanted time between signs of life on a quiet watch
 * @param catchUp how long the watch may stay behind what the server has told before it is reopened
 * @param closing how long closing waits for the server
 */
public record ClientTimes(
    Duration ttl,
    Duration linger,
    Duration callDeadline,
    Duration attempt,
    Duration leastBackoff,
    Duration mostBackoff,
    Duration negativeTtl,
    Duration bookmarkInterval,
    Duration catchUp,
    Duration closing) {

  /** What most programs want. */
  public static final ClientTimes DEFAULT =
      new ClientTimes(
          Duration.ofSeconds(10),
          Duration.ofSeconds(10),
          Duration.ofSeconds(10),
          Duration.ofSeconds(1),
          Duration.ofMillis(100),
          Duration.ofSeconds(2),
          Duration.ofSeconds(5),
          Duration.ofSeconds(10),
          Duration.ofMillis(250),
          Duration.ofSeconds(2));

  public ClientTimes {
    positive("ttl", ttl);
    positive("linger", linger);
    positive("callDeadline", callDeadline);
    positive("attempt", attempt);
    positive("leastBackoff", leastBackoff);
    positive("mostBackoff", mostBackoff);
    positive("negativeTtl", negativeTtl);
    positive("bookmarkInterval", bookmarkInterval);
    positive("catchUp", catchUp);
    positive("closing", closing);
    if (leastBackoff.compareTo(mostBackoff) > 0) {
      throw new IllegalArgumentException("leastBackoff must not be above mostBackoff");
    }
  }

  public ClientTimes withTtl(Duration time) {
    return new ClientTimes(
        time,
        linger,
        callDeadline,
        attempt,
        leastBackoff,
        mostBackoff,
        negativeTtl,
        bookmarkInterval,
        catchUp,
        closing);
  }

  public ClientTimes withLinger(Duration time) {
    return new ClientTimes(
        ttl,
        time,
        callDeadline,
        attempt,
        leastBackoff,
        mostBackoff,
        negativeTtl,
        bookmarkInterval,
        catchUp,
        closing);
  }

  public ClientTimes withCallDeadline(Duration time) {
    return new ClientTimes(
        ttl,
        linger,
        time,
        attempt,
        leastBackoff,
        mostBackoff,
        negativeTtl,
        bookmarkInterval,
        catchUp,
        closing);
  }

  public ClientTimes withAttempt(Duration time) {
    return new ClientTimes(
        ttl,
        linger,
        callDeadline,
        time,
        leastBackoff,
        mostBackoff,
        negativeTtl,
        bookmarkInterval,
        catchUp,
        closing);
  }

  public ClientTimes withLeastBackoff(Duration time) {
    return new ClientTimes(
        ttl,
        linger,
        callDeadline,
        attempt,
        time,
        mostBackoff,
        negativeTtl,
        bookmarkInterval,
        catchUp,
        closing);
  }

  public ClientTimes withMostBackoff(Duration time) {
    return new ClientTimes(
        ttl,
        linger,
        callDeadline,
        attempt,
        leastBackoff,
        time,
        negativeTtl,
        bookmarkInterval,
        catchUp,
        closing);
  }

  public ClientTimes withNegativeTtl(Duration time) {
    return new ClientTimes(
        ttl,
        linger,
        callDeadline,
        attempt,
        leastBackoff,
        mostBackoff,
        time,
        bookmarkInterval,
        catchUp,
        closing);
  }

  public ClientTimes withBookmarkInterval(Duration time) {
    return new ClientTimes(
        ttl,
        linger,
        callDeadline,
        attempt,
        leastBackoff,
        mostBackoff,
        negativeTtl,
        time,
        catchUp,
        closing);
  }

  public ClientTimes withCatchUp(Duration time) {
    return new ClientTimes(
        ttl,
        linger,
        callDeadline,
        attempt,
        leastBackoff,
        mostBackoff,
        negativeTtl,
        bookmarkInterval,
        time,
        closing);
  }

  public ClientTimes withClosing(Duration time) {
    return new ClientTimes(
        ttl,
        linger,
        callDeadline,
        attempt,
        leastBackoff,
        mostBackoff,
        negativeTtl,
        bookmarkInterval,
        catchUp,
        time);
  }

  private static void positive(String name, Duration time) {
    if (time.isNegative() || time.isZero()) {
      throw new IllegalArgumentException(name + " must be positive: " + time);
    }
  }
}
