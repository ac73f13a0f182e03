package io.datastored.lease;

import java.time.Duration;
import java.util.Optional;

/**
 * Session options are the bounds of a session table. Immutable; {@link #DEFAULT} has the defaults.
 *
 * @param shortestTtl shorter wishes are raised to it
 * @param longestTtl longer wishes are cut to it, and load stretches no ttl beyond
 * @param defaultTtl the ttl of who wishes none; between the two
 * @param maxSessions how many sessions may be live at once
 * @param maxLeases how many leases may be live under one session
 * @param keepAliveRate how many KeepAlives the server wants in a second at most. Each session sends
 *     three per ttl, so ttls are stretched to 3 × sessions / rate
 */
public record SessionOptions(
    Duration shortestTtl,
    Duration longestTtl,
    Duration defaultTtl,
    long maxSessions,
    long maxLeases,
    long keepAliveRate) {

  /** 1 s, 60 s, 10 s, 100,000, 100,000, 1,000 per second. */
  public static final SessionOptions DEFAULT =
      new SessionOptions(
          Duration.ofSeconds(1),
          Duration.ofSeconds(60),
          Duration.ofSeconds(10),
          100_000,
          100_000,
          1_000);

  public SessionOptions {
    require(shortestTtl.toNanos() > 0, "shortestTtl is more than 0");
    require(shortestTtl.compareTo(defaultTtl) <= 0, "defaultTtl is at least shortestTtl");
    require(defaultTtl.compareTo(longestTtl) <= 0, "defaultTtl is at most longestTtl");
    require(longestTtl.compareTo(Duration.ofDays(1)) <= 0, "longestTtl is at most a day");
    require(maxSessions > 0, "maxSessions is more than 0");
    require(maxLeases > 0, "maxLeases is more than 0");
    require(keepAliveRate > 0, "keepAliveRate is more than 0");
  }

  private static void require(boolean holds, String rule) {
    if (!holds) {
      throw new IllegalArgumentException(rule);
    }
  }

  /** The ttl that a wish is granted while so many sessions are live. */
  Duration ttlFor(Optional<Duration> wish, long liveSessions) {
    // In whole seconds, because each longer one than ever costs a write to the ledger.
    Duration stretched = Duration.ofSeconds(3 * liveSessions / keepAliveRate);
    Duration wanted = wish.orElse(defaultTtl);
    Duration longer = wanted.compareTo(stretched) < 0 ? stretched : wanted;
    if (longer.compareTo(shortestTtl) < 0) {
      return shortestTtl;
    }
    return longer.compareTo(longestTtl) > 0 ? longestTtl : longer;
  }

  /** A copy with other bounds of a ttl. */
  public SessionOptions withTtl(Duration shortest, Duration longest, Duration byDefault) {
    return new SessionOptions(shortest, longest, byDefault, maxSessions, maxLeases, keepAliveRate);
  }

  /** A copy with other quotas. */
  public SessionOptions withQuotas(long sessions, long leasesPerSession) {
    return new SessionOptions(
        shortestTtl, longestTtl, defaultTtl, sessions, leasesPerSession, keepAliveRate);
  }

  /** A copy with another rate of KeepAlives. */
  public SessionOptions withKeepAliveRate(long other) {
    return new SessionOptions(shortestTtl, longestTtl, defaultTtl, maxSessions, maxLeases, other);
  }
}
