package io.datastored.client.internal.transport;

import io.datastored.client.ClientTimes;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * A backoff is the delay before the next attempt. Confined to the loop.
 *
 * <p>It doubles with each failure and is drawn at random from its upper half, so that clients that
 * failed together do not retry together.
 */
public final class Backoff {

  private static final int MOST_DOUBLINGS = 20;

  private final Duration least;
  private final Duration most;
  private final RandomGenerator random;
  private int failures;

  public Backoff(ClientTimes times, RandomGenerator random) {
    this.least = times.leastBackoff();
    this.most = times.mostBackoff();
    this.random = random;
  }

  /** The delay after another failure. */
  public Duration next() {
    long full = Math.min(most.toNanos(), least.toNanos() << Math.min(failures, MOST_DOUBLINGS));
    failures++;
    return Duration.ofNanos(full / 2 + random.nextLong(full / 2 + 1));
  }

  /** The same, but at least as long as the server asks for, up to {@code mostWanted}. */
  public Duration next(Failure failure, Duration mostWanted) {
    Duration own = next();
    Duration wanted = failure.retryAfter().orElse(Duration.ZERO);
    if (wanted.compareTo(mostWanted) > 0) {
      wanted = mostWanted;
    }
    return wanted.compareTo(own) > 0 ? wanted : own;
  }

  public int failures() {
    return failures;
  }

  public void reset() {
    failures = 0;
  }
}
