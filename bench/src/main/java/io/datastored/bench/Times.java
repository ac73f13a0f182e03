package io.datastored.bench;

import java.util.Arrays;
import java.util.Locale;

/** Times are the measured durations of one repeated action. Immutable. */
final class Times {

  private static final double NANOS_OF_A_MILLI = 1e6;

  private final long[] sorted;

  private Times(long[] sorted) {
    this.sorted = sorted;
  }

  /**
   * Creates times.
   *
   * @param nanos durations in nanoseconds, at least one
   */
  static Times of(long[] nanos) {
    long[] sorted = nanos.clone();
    Arrays.sort(sorted);
    return new Times(sorted);
  }

  int count() {
    return sorted.length;
  }

  /** A percentile, in milliseconds. */
  double percentile(double percent) {
    int index = (int) Math.ceil(percent / 100 * sorted.length) - 1;
    return sorted[Math.max(0, index)] / NANOS_OF_A_MILLI;
  }

  double most() {
    return percentile(100);
  }

  double least() {
    return sorted[0] / NANOS_OF_A_MILLI;
  }

  /** Table cells: count, then p50, p99 and maximum in milliseconds. */
  String cells() {
    return String.format(
        Locale.ROOT, "%d | %.1f | %.1f | %.1f", count(), percentile(50), percentile(99), most());
  }
}
