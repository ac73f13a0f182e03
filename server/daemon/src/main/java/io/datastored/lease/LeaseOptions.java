package io.datastored.lease;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.collect.Comparators;
import io.datastored.access.Shares;
import io.datastored.promise.ClockSlack;
import io.datastored.promise.EarlierLeases;
import io.datastored.promise.PromiseBounds;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Lease options are the bounds and intervals of a lease table. Immutable; made by a {@link
 * Builder}.
 *
 * @param shortestTtl shorter requested ttls are raised to it
 * @param longestTtl longer requested ttls are cut to it
 * @param defaultTtl the ttl if none is requested; between the two
 * @param maxLeases the maximum number of live leases
 * @param share percent of all leases, and of all sessions, that one principal may have
 * @param tick how often expired leases are swept; their counts stay that much longer
 * @param stall how far lease time runs on without a sweep, see {@code LeaseClock}. More than a
 *     tick, or it would stand still in normal operation; at most the shortest ttl, or a stall could
 *     cost a lease its whole ttl
 * @param tokenBlock how many fencing tokens one write to the ledger reserves
 * @param margin how much longer than announced leases and sessions are kept
 * @param earlierLeases what to assume if there is no ledger
 * @param sessions bounds of sessions
 */
public record LeaseOptions(
    Duration shortestTtl,
    Duration longestTtl,
    Duration defaultTtl,
    long maxLeases,
    int share,
    Duration tick,
    Duration stall,
    long tokenBlock,
    ClockSlack margin,
    EarlierLeases earlierLeases,
    SessionOptions sessions) {

  public LeaseOptions {
    checkArgument(tick.toNanos() > 0, "tick must be more than 0");
    checkArgument(stall.compareTo(tick) > 0, "stall must be more than tick");
    checkArgument(stall.compareTo(shortestTtl) <= 0, "stall must be at most shortestTtl");
    checkArgument(
        stall.compareTo(sessions.shortestTtl()) <= 0, "stall must be at most a session's ttl");
    checkArgument(
        shortestTtl.compareTo(defaultTtl) <= 0, "defaultTtl must be at least shortestTtl");
    checkArgument(defaultTtl.compareTo(longestTtl) <= 0, "defaultTtl must be at most longestTtl");
    checkArgument(
        longestTtl.compareTo(Duration.ofDays(1)) <= 0, "longestTtl must be at most a day");
    checkArgument(maxLeases > 0, "maxLeases must be more than 0");
    checkArgument(tokenBlock > 1 && tokenBlock <= 1 << 20, "tokenBlock must be 2 to 2^20");
  }

  /** The defaults with changes. */
  public static LeaseOptions of(Consumer<? super Builder> changes) {
    var options = new Builder();
    changes.accept(options);
    return options.build();
  }

  /** The ttl that is granted for a requested one. */
  Duration ttlFor(Optional<Duration> wish) {
    return Comparators.min(Comparators.max(wish.orElse(defaultTtl), shortestTtl), longestTtl);
  }

  /** The bounds of all promises. */
  public PromiseBounds promises() {
    Duration longest = Comparators.max(longestTtl, sessions.longestTtl());
    return new PromiseBounds(longest, margin, earlierLeases);
  }

  /** A builder of lease options; unset options keep their defaults. Not thread-safe. */
  public static final class Builder {
    public Duration shortestTtl = Duration.ofSeconds(1);
    public Duration longestTtl = Duration.ofMinutes(10);
    public Duration defaultTtl = Duration.ofSeconds(60);
    public long maxLeases = 1_000_000;
    public int share = Shares.DEFAULT;
    public Duration tick = Duration.ofMillis(100);
    public Duration stall = Duration.ofSeconds(1);
    public long tokenBlock = 1 << 16;
    public ClockSlack margin = ClockSlack.DEFAULT;
    public EarlierLeases earlierLeases = EarlierLeases.POSSIBLE;
    public final SessionOptions.Builder sessions = new SessionOptions.Builder();

    public LeaseOptions build() {
      return new LeaseOptions(
          shortestTtl,
          longestTtl,
          defaultTtl,
          maxLeases,
          share,
          tick,
          stall,
          tokenBlock,
          margin,
          earlierLeases,
          sessions.build());
    }
  }
}
