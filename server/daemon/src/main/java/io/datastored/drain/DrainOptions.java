package io.datastored.drain;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.collect.Comparators;
import io.datastored.access.Shares;
import io.datastored.neighbour.PbsDirectories;
import java.time.Duration;

/**
 * Drain options are the intervals and limits of drains. Immutable; made by a {@link Builder}.
 *
 * @param poll how often a new drain looks. With all clients alive it ends two or three looks after
 *     the last of them has answered, which should be within 250 ms
 * @param longestPoll how often a drain looks that has waited for long; between the two, the
 *     interval is an eighth of the time waited
 * @param progress how often it reports progress if nothing changes
 * @param beforeDeadline how long before the deadline of its call it gives up, so that the client
 *     still gets the answer
 * @param maxDrains the maximum number of open drains
 * @param share percent of them that one principal may have
 * @param pbs where to look for Proxmox Backup Server
 */
public record DrainOptions(
    Duration poll,
    Duration longestPoll,
    Duration progress,
    Duration beforeDeadline,
    int maxDrains,
    int share,
    PbsDirectories pbs) {

  private static final int SHARE_OF_THE_WAIT = 8;

  public DrainOptions {
    checkArgument(poll.toNanos() > 0, "poll must be more than 0");
    checkArgument(poll.compareTo(longestPoll) <= 0, "longestPoll must be at least poll");
    checkArgument(longestPoll.compareTo(progress) <= 0, "progress must be at least longestPoll");
    checkArgument(!beforeDeadline.isNegative(), "beforeDeadline must not be negative");
    checkArgument(maxDrains > 0, "maxDrains must be more than 0");
  }

  /** The pause before the next look of a drain that has waited for this long. */
  public Duration pause(Duration waited) {
    Duration share = waited.dividedBy(SHARE_OF_THE_WAIT);
    return Comparators.min(Comparators.max(share, poll), longestPoll);
  }

  /** A builder of drain options; unset options keep their defaults. Not thread-safe. */
  public static final class Builder {
    public Duration poll = Duration.ofMillis(25);
    public Duration longestPoll = Duration.ofMillis(250);
    public Duration progress = Duration.ofSeconds(1);
    public Duration beforeDeadline = Duration.ofMillis(200);
    public int maxDrains = 100;
    public int share = Shares.DEFAULT;
    public PbsDirectories pbs = PbsDirectories.DEFAULT;

    public DrainOptions build() {
      return new DrainOptions(poll, longestPoll, progress, beforeDeadline, maxDrains, share, pbs);
    }
  }
}
