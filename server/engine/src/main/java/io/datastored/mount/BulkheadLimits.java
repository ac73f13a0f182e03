package io.datastored.mount;

import java.time.Duration;

/**
 * Bulkhead limits bound the cost of hanging base paths. Immutable.
 *
 * @param patience how long a caller waits for a file system before it counts as hanging
 * @param callers how many callers may wait at a time, except briefly, on all base paths together;
 *     fewer than the server's threads for such calls, or many file systems that hang at once would
 *     occupy all of them
 * @param threads how many calls run at a time; each hanging file system occupies one
 */
public record BulkheadLimits(Duration patience, int callers, int threads) {

  private static final int CALLERS = 12;
  private static final int THREADS = 64;

  public BulkheadLimits {
    if (patience.isNegative() || patience.isZero() || callers < 1 || threads < 1) {
      throw new IllegalArgumentException(
          "limits are more than 0: " + patience + ", " + callers + ", " + threads);
    }
  }

  /** The defaults with this patience: 12 callers, 64 threads. */
  public static BulkheadLimits waiting(Duration patience) {
    return new BulkheadLimits(patience, CALLERS, THREADS);
  }
}
