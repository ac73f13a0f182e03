package io.datastored.lease;

import java.time.Duration;
import java.util.Optional;

/**
 * Lease options are the bounds and the rhythm of a lease table. Immutable; {@link #DEFAULT} has the
 * defaults, the {@code with…} methods make changed copies.
 *
 * @param shortestTtl shorter wishes are raised to it
 * @param longestTtl longer wishes are cut to it
 * @param defaultTtl the ttl of who wishes none; between the two
 * @param maxLeases how many leases may be live at once
 * @param tick how often leases whose time is over are looked for; their counts stay that much
 *     longer
 * @param stall how far lease time runs on without a sweep, see {@code LeaseClock}. More than a
 *     tick, or it would stand still in normal operation; at most the shortest ttl, or a stall could
 *     cost a lease all of its time
 * @param tokenBlock how many fencing tokens one write to the ledger reserves
 * @param margin how much longer than told promises to leases and sessions are kept
 * @param earlierLeases what to believe when there is no ledger
 * @param sessions bounds of sessions
 */
public record LeaseOptions(
    Duration shortestTtl,
    Duration longestTtl,
    Duration defaultTtl,
    long maxLeases,
    Duration tick,
    Duration stall,
    long tokenBlock,
    ClockSlack margin,
    EarlierLeases earlierLeases,
    SessionOptions sessions) {

  /** 1 s, 10 min, 60 s, a million, 100 ms, 1 s, 65536, and the defaults of the others. */
  public static final LeaseOptions DEFAULT =
      new LeaseOptions(
          Duration.ofSeconds(1),
          Duration.ofMinutes(10),
          Duration.ofSeconds(60),
          1_000_000,
          Duration.ofMillis(100),
          Duration.ofSeconds(1),
          1 << 16,
          ClockSlack.DEFAULT,
          EarlierLeases.POSSIBLE,
          SessionOptions.DEFAULT);

  public LeaseOptions {
    require(tick.toNanos() > 0, "tick is more than 0");
    require(stall.compareTo(tick) > 0, "stall is more than tick");
    require(stall.compareTo(shortestTtl) <= 0, "stall is at most shortestTtl");
    require(stall.compareTo(sessions.shortestTtl()) <= 0, "stall is at most a session's ttl");
    require(shortestTtl.compareTo(defaultTtl) <= 0, "defaultTtl is at least shortestTtl");
    require(defaultTtl.compareTo(longestTtl) <= 0, "defaultTtl is at most longestTtl");
    require(longestTtl.compareTo(Duration.ofDays(1)) <= 0, "longestTtl is at most a day");
    require(maxLeases > 0, "maxLeases is more than 0");
    require(tokenBlock > 1 && tokenBlock <= 1 << 20, "tokenBlock is 2 to 2^20");
  }

  private static void require(boolean holds, String rule) {
    if (!holds) {
      throw new IllegalArgumentException(rule);
    }
  }

  /** The ttl that a wish is granted. */
  Duration ttlFor(Optional<Duration> wish) {
    Duration wanted = wish.orElse(defaultTtl);
    if (wanted.compareTo(shortestTtl) < 0) {
      return shortestTtl;
    }
    return wanted.compareTo(longestTtl) > 0 ? longestTtl : wanted;
  }

  /** The longest that anything may be promised for. */
  Duration longestPromise() {
    Duration ofSessions = sessions.longestTtl();
    return longestTtl.compareTo(ofSessions) > 0 ? longestTtl : ofSessions;
  }

  /** A copy with another number of leases. */
  public LeaseOptions withMaxLeases(long other) {
    return new LeaseOptions(
        shortestTtl,
        longestTtl,
        defaultTtl,
        other,
        tick,
        stall,
        tokenBlock,
        margin,
        earlierLeases,
        sessions);
  }

  /** A copy with other bounds of a ttl. */
  public LeaseOptions withTtl(Duration shortest, Duration longest, Duration byDefault) {
    return new LeaseOptions(
        shortest,
        longest,
        byDefault,
        maxLeases,
        tick,
        stall,
        tokenBlock,
        margin,
        earlierLeases,
        sessions);
  }

  /** A copy with another rhythm. */
  public LeaseOptions withRhythm(Duration otherTick, Duration otherStall) {
    return new LeaseOptions(
        shortestTtl,
        longestTtl,
        defaultTtl,
        maxLeases,
        otherTick,
        otherStall,
        tokenBlock,
        margin,
        earlierLeases,
        sessions);
  }

  /** A copy with another size of reserved blocks of fencing tokens. */
  public LeaseOptions withTokenBlock(long other) {
    return new LeaseOptions(
        shortestTtl,
        longestTtl,
        defaultTtl,
        maxLeases,
        tick,
        stall,
        other,
        margin,
        earlierLeases,
        sessions);
  }

  /** A copy with another margin. */
  public LeaseOptions withMargin(ClockSlack other) {
    return new LeaseOptions(
        shortestTtl,
        longestTtl,
        defaultTtl,
        maxLeases,
        tick,
        stall,
        tokenBlock,
        other,
        earlierLeases,
        sessions);
  }

  /** A copy that believes something else when there is no ledger. */
  public LeaseOptions withEarlierLeases(EarlierLeases other) {
    return new LeaseOptions(
        shortestTtl,
        longestTtl,
        defaultTtl,
        maxLeases,
        tick,
        stall,
        tokenBlock,
        margin,
        other,
        sessions);
  }

  /** A copy with other bounds of sessions. */
  public LeaseOptions withSessions(SessionOptions other) {
    return new LeaseOptions(
        shortestTtl,
        longestTtl,
        defaultTtl,
        maxLeases,
        tick,
        stall,
        tokenBlock,
        margin,
        earlierLeases,
        other);
  }
}
