package io.datastored.drain;

import io.datastored.neighbour.PbsDirectories;
import java.time.Duration;

/**
 * Drain options are the rhythm of drains and how many there may be. Immutable; {@link #DEFAULT} has
 * the defaults, the {@code with…} methods make changed copies.
 *
 * @param poll how often a drain looks that has just begun. With all clients alive it ends two or
 *     three looks after the last of them has answered, and that is to be within 250 ms
 * @param longestPoll how often one looks that has waited for long: between the two, an eighth of
 *     the time it has waited
 * @param progress how often it tells what is in the way when nothing changes
 * @param beforeDeadline how long before the deadline of its call it gives up, so that the client
 *     still hears of it
 * @param maxDrains how many may be open
 * @param pbs where Proxmox Backup Server is looked for
 */
public record DrainOptions(
    Duration poll,
    Duration longestPoll,
    Duration progress,
    Duration beforeDeadline,
    int maxDrains,
    PbsDirectories pbs) {

  /** 25 ms, 250 ms, 1 s, 200 ms, 100. */
  public static final DrainOptions DEFAULT =
      new DrainOptions(
          Duration.ofMillis(25),
          Duration.ofMillis(250),
          Duration.ofSeconds(1),
          Duration.ofMillis(200),
          100,
          PbsDirectories.DEFAULT);

  private static final int SHARE_OF_THE_WAIT = 8;

  public DrainOptions {
    require(poll.toNanos() > 0, "poll is more than 0");
    require(poll.compareTo(longestPoll) <= 0, "longestPoll is at least poll");
    require(longestPoll.compareTo(progress) <= 0, "progress is at least longestPoll");
    require(!beforeDeadline.isNegative(), "beforeDeadline is not negative");
    require(maxDrains > 0, "maxDrains is more than 0");
  }

  private static void require(boolean holds, String rule) {
    if (!holds) {
      throw new IllegalArgumentException(rule);
    }
  }

  /** How long to wait before the next look of a drain that has waited for this long. */
  public Duration pause(Duration waited) {
    Duration share = waited.dividedBy(SHARE_OF_THE_WAIT);
    if (share.compareTo(poll) < 0) {
      return poll;
    }
    return share.compareTo(longestPoll) > 0 ? longestPoll : share;
  }

  /** A copy with another rhythm. */
  public DrainOptions withRhythm(
      Duration otherPoll, Duration otherLongest, Duration otherProgress) {
    return new DrainOptions(otherPoll, otherLongest, otherProgress, beforeDeadline, maxDrains, pbs);
  }

  /** A copy that gives up at another time before the deadline of its call. */
  public DrainOptions withBeforeDeadline(Duration other) {
    return new DrainOptions(poll, longestPoll, progress, other, maxDrains, pbs);
  }

  /** A copy with another number of open drains. */
  public DrainOptions withMaxDrains(int other) {
    return new DrainOptions(poll, longestPoll, progress, beforeDeadline, other, pbs);
  }

  /** A copy that looks for Proxmox Backup Server elsewhere. */
  public DrainOptions withPbs(PbsDirectories other) {
    return new DrainOptions(poll, longestPoll, progress, beforeDeadline, maxDrains, other);
  }
}
