package io.datastored.watch;

import io.datastored.access.Shares;

/**
 * Watch limits bound what a feed may hold. Immutable; made by a {@link Builder}.
 *
 * @param watchers open watches, at least 1
 * @param history touched names that are remembered by generation, at least 1; each costs about 100
 *     bytes
 * @param bytes of frames that the transport holds for clients which have not yet read them, at
 *     least the size of one message
 * @param share percent of the watches, and of the bytes, that one principal may have
 */
public record WatchLimits(int watchers, int history, long bytes, int share) {
  private static final long DEFAULT_BYTES = 64L << 20;
  private static final long FEWEST_BYTES = 64L << 10;

  /** Rejects limits that admit nothing. */
  public WatchLimits {
    if (bytes < FEWEST_BYTES) {
      throw new IllegalArgumentException(
          "%d bytes of frames are less than %d".formatted(bytes, FEWEST_BYTES));
    }
    if (watchers < 1 || history < 1) {
      throw new IllegalArgumentException("limits below 1: " + watchers + ", " + history);
    }
  }

  /** Limits with the default bytes, of which one principal may use everything. */
  public WatchLimits(int watchers, int history) {
    this(watchers, history, DEFAULT_BYTES, Shares.WHOLE);
  }

  /** A builder of watch limits; unset limits keep their defaults. Not thread-safe. */
  public static final class Builder {
    public int watchers = 100_000;
    public int history = 10_000;
    public long bytes = DEFAULT_BYTES;
    public int share = Shares.DEFAULT;

    public WatchLimits build() {
      return new WatchLimits(watchers, history, bytes, share);
    }
  }
}
