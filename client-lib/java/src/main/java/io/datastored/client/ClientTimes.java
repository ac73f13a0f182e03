package io.datastored.client;

import java.time.Duration;

/**
 * Client times are the periods and timeouts of a client. Immutable; set by {@link
 * ClientOptions.Builder#times(java.util.function.Consumer)}. All must be positive.
 *
 * @param ttl requested time to live of the session; the server adjusts it to its limits (by default
 *     1 s to 60 s). Default 10 s
 * @param linger how long an unused lease is kept before it is released. Default 10 s
 * @param callDeadline deadline of a write, and of a lookup without a deadline of its own. Default
 *     10 s
 * @param attempt how long the session waits for an answer before it retries, and how long calls
 *     wait for a connection before another connection attempt. It never repeats a call of the
 *     application. Default 1 s
 * @param leastBackoff upper bound of the first retry delay, which doubles with each failure; delays
 *     are drawn from the upper half. At most {@code mostBackoff}. Default 100 ms
 * @param mostBackoff upper bound of any retry delay, except that retries of the session, the watch
 *     and {@link ServerStreams} may wait longer if the server asks for it. Default 2 s
 * @param negativeTtl maximum time for which the answer "there is no such datastore" is remembered.
 *     Default 5 s
 * @param bookmarkInterval requested time between bookmarks on a quiet watch; the server adjusts it
 *     to its limits (by default 1 s to 60 s). Default 10 s
 * @param catchUp how long the watch may stay behind a revision that the server reported before it
 *     is reopened. Default 250 ms
 * @param closing how long {@link DatastoredClient#close} waits for the server. Default 2 s
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

  /** The default times. */
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

  /** A builder collects times; those that are not set keep their default. Not thread-safe. */
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

    /** Sets the requested ttl of the session. */
    public Builder withTtl(Duration time) {
      ttl = time;
      return this;
    }

    /** Sets how long an unused lease is kept. */
    public Builder withLinger(Duration time) {
      linger = time;
      return this;
    }

    /** Sets the default deadline of calls. */
    public Builder withCallDeadline(Duration time) {
      callDeadline = time;
      return this;
    }

    /** Sets how long one attempt may take before the next. */
    public Builder withAttempt(Duration time) {
      attempt = time;
      return this;
    }

    /** Sets the upper bound of the first retry delay. */
    public Builder withLeastBackoff(Duration time) {
      leastBackoff = time;
      return this;
    }

    /** Sets the upper bound of all retry delays. */
    public Builder withMostBackoff(Duration time) {
      mostBackoff = time;
      return this;
    }

    /** Sets how long negative answers are remembered. */
    public Builder withNegativeTtl(Duration time) {
      negativeTtl = time;
      return this;
    }

    /** Sets the requested time between bookmarks. */
    public Builder withBookmarkInterval(Duration time) {
      bookmarkInterval = time;
      return this;
    }

    /** Sets how long the watch may stay behind before it is reopened. */
    public Builder withCatchUp(Duration time) {
      catchUp = time;
      return this;
    }

    /** Sets how long closing waits for the server. */
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
