package io.datastored.bench;

import java.util.Arrays;
import java.util.Locale;

/** Times are how long something took, many times. Immutable. */
final class Times {

  private static final double NANOS_OF_A_MILLI = 1e6;

  private final long[] sorted;

  private Times(long[] sorted) {
    this.sorted = sorted;
  }

  /**
   * Times.
   *
   * @param nanos at least one
   */
  static Times of(long[] nanos) {
    long[] sorted = nanos.clone();
    Arrays.sort(sorted);
    return new Times(sorted);
  }

  int count() {
    return sorted.length;
  }

  /** In milliseconds: what so many percent of them did not exceed. */
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

  /** Cells of a table: count, p50, p99, most, in milliseconds. */
  String cells() {
    return String.format(
        Locale.ROOT, "%d | %.1f | %.1f | %.1f", count(), percentile(50), percentile(99), most());
  }
}
