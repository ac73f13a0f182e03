package io.datastored.lease;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.collect.Comparators;
import java.time.Duration;
import java.util.Optional;

/**
 * Session options are the bounds of a session table. Immutable; made by a {@link Builder}.
 *
 * @param shortestTtl shorter requested ttls are raised to it
 * @param longestTtl longer requested ttls are cut to it, and load stretches no ttl beyond it
 * @param defaultTtl the ttl if none is requested; between the two
 * @param maxSessions the maximum number of live sessions
 * @param maxLeases the maximum number of live leases under one session
 * @param keepAliveRate the maximum rate of KeepAlives per second. Each session sends three per ttl,
 *     so ttls are stretched to 3 × sessions / rate
 */
public record SessionOptions(
    Duration shortestTtl,
    Duration longestTtl,
    Duration defaultTtl,
    long maxSessions,
    long maxLeases,
    long keepAliveRate) {

  public SessionOptions {
    checkArgument(shortestTtl.toNanos() > 0, "shortestTtl must be more than 0");
    checkArgument(
        shortestTtl.compareTo(defaultTtl) <= 0, "defaultTtl must be at least shortestTtl");
    checkArgument(defaultTtl.compareTo(longestTtl) <= 0, "defaultTtl must be at most longestTtl");
    checkArgument(
        longestTtl.compareTo(Duration.ofDays(1)) <= 0, "longestTtl must be at most a day");
    checkArgument(maxSessions > 0, "maxSessions must be more than 0");
    checkArgument(maxLeases > 0, "maxLeases must be more than 0");
    checkArgument(keepAliveRate > 0, "keepAliveRate must be more than 0");
  }

  /** The ttl that is granted for a requested one while this many sessions are live. */
  Duration ttlFor(Optional<Duration> wish, long liveSessions) {
    // In whole seconds, because each new longest ttl costs a write to the ledger.
    Duration stretched = Duration.ofSeconds(3 * liveSessions / keepAliveRate);
    Duration wanted = Comparators.max(wish.orElse(defaultTtl), stretched);
    return Comparators.min(Comparators.max(wanted, shortestTtl), longestTtl);
  }

  /** A builder of session options; unset options keep their defaults. Not thread-safe. */
  public static final class Builder {
    public Duration shortestTtl = Duration.ofSeconds(1);
    public Duration longestTtl = Duration.ofSeconds(60);
    public Duration defaultTtl = Duration.ofSeconds(10);
    public long maxSessions = 100_000;
    public long maxLeases = 100_000;
    public long keepAliveRate = 1_000;

    public SessionOptions build() {
      return new SessionOptions(
          shortestTtl, longestTtl, defaultTtl, maxSessions, maxLeases, keepAliveRate);
    }
  }
}
