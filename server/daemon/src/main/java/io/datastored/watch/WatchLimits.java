package io.datastored.watch;

/**
 * Watch limits say how much a feed may hold. Immutable.
 *
 * @param watchers open watches, at least 1
 * @param history touched names that are remembered by generation, at least 1; each costs about 100
 *     bytes
 */
public record WatchLimits(int watchers, int history) {
  /** As many as a server of the default size serves at ease. */
  public static final WatchLimits DEFAULT = new WatchLimits(100_000, 10_000);

  /** Refuses limits that admit nothing. */
  public WatchLimits {
    if (watchers < 1 || history < 1) {
      throw new IllegalArgumentException("limits below 1: " + watchers + ", " + history);
    }
  }
}
