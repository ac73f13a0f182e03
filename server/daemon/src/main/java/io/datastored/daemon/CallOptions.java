package io.datastored.daemon;

import io.datastored.access.Limit;
import io.datastored.access.Shares;
import io.datastored.service.wire.CallLimits;

/**
 * Call options bound what calls take up. Immutable; made by a {@link Builder}.
 *
 * @param threads how many calls that may touch a disk run at a time; more than there are cores,
 *     because they mostly wait. Operators have as many of their own
 * @param onDisk how many calls that may touch a disk are in progress, waiting for a thread included
 * @param inFlight how many calls are in progress, from their first byte to the last of the answer;
 *     open watches and drains have their own limits
 * @param unread bytes of lists and states that clients have not read yet; room for two pages at
 *     least
 * @param share percent of each that one principal may have
 */
public record CallOptions(int threads, int onDisk, int inFlight, long unread, int share) {

  private static final long FEWEST_UNREAD = 2L << 20;

  public CallOptions {
    if (threads < 1 || onDisk < 1 || inFlight < 1) {
      throw new IllegalArgumentException(
          "bounds below 1: %d, %d, %d".formatted(threads, onDisk, inFlight));
    }
    if (unread < FEWEST_UNREAD) {
      throw new IllegalArgumentException(
          "%d bytes of answers are less than %d".formatted(unread, FEWEST_UNREAD));
    }
  }

  /** The places of the calls of one server. */
  CallLimits limits() {
    return new CallLimits(
        new Shares(new Limit("max-calls", inFlight), share),
        new Shares(new Limit("max-disk-calls", onDisk), share),
        new Shares(new Limit("max-answer-buffer", unread), share));
  }

  /** A builder of call options; unset options keep their defaults. Not thread-safe. */
  public static final class Builder {
    public int threads = 16;
    public int onDisk = 1024;
    public int inFlight = 20_000;
    public long unread = 64L << 20;
    public int share = Shares.DEFAULT;

    public CallOptions build() {
      return new CallOptions(threads, onDisk, inFlight, unread, share);
    }
  }
}
