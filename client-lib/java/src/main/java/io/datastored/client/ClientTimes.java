package io.datastored.client;

import java.time.Duration;

/**
 * Client times are all times that a client keeps to. Immutable; changed by {@link
 * ClientOptions.Builder#times}.
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
  public static final ClientTimes DEFAULT = new Builder().build();

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

  private static void positive(String name, Duration time) {
    if (time.isNegative() || time.isZero()) {
      throw new IllegalArgumentException(name + " must be positive: " + time);
    }
  }

  /** Times that are being filled in; what is left alone stays at its default. Not thread-safe. */
  public static final class Builder {
    private Duration ttl = Duration.ofSeconds(10);
    private Duration linger = Duration.ofSeconds(10);
    private Duration callDeadline = Duration.ofSeconds(10);
    private Duration attempt = Duration.ofSeconds(1);
    private Duration leastBackoff = Duration.ofMillis(100);
    private Duration mostBackoff = Duration.ofSeconds(2);
    private Duration negativeTtl = Duration.ofSeconds(5);
    private Duration bookmarkInterval = Duration.ofSeconds(10);
    private Duration catchUp = Duration.ofMillis(250);
    private Duration closing = Duration.ofSeconds(2);

    Builder() {}

    public Builder withTtl(Duration time) {
      ttl = time;
      return this;
    }

    public Builder withLinger(Duration time) {
      linger = time;
      return this;
    }

    public Builder withCallDeadline(Duration time) {
      callDeadline = time;
      return this;
    }

    public Builder withAttempt(Duration time) {
      attempt = time;
      return this;
    }

    public Builder withLeastBackoff(Duration time) {
      leastBackoff = time;
      return this;
    }

    public Builder withMostBackoff(Duration time) {
      mostBackoff = time;
      return this;
    }

    public Builder withNegativeTtl(Duration time) {
      negativeTtl = time;
      return this;
    }

    public Builder withBookmarkInterval(Duration time) {
      bookmarkInterval = time;
      return this;
    }

    public Builder withCatchUp(Duration time) {
      catchUp = time;
      return this;
    }

    public Builder withClosing(Duration time) {
      closing = time;
      return this;
    }

    ClientTimes build() {
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
          closing);
    }
  }
}
