package io.datastored.service.page;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Applied times count how soon clients apply changes. Thread-safe: independent counters, each for
 * times that differ by a fifth at most.
 */
final class AppliedTimes {
  private static final int PER_DOUBLING = 4;
  private static final int BUCKETS = 128;

  private final AtomicLongArray counts = new AtomicLongArray(BUCKETS);

  /**
   * Percentiles of the times of one interval, in milliseconds. Immutable.
   *
   * @param half no more than half of the times are longer
   * @param most no more than one in a hundred is longer
   */
  record Percentiles(double half, double most) {}

  void add(Duration time) {
    double micros = Math.max(1, time.toNanos() / 1e3);
    int bucket = (int) Math.round(PER_DOUBLING * Math.log(micros) / Math.log(2));
    counts.incrementAndGet(Math.min(bucket, BUCKETS - 1));
  }

  /** The percentiles since the last call; empty if nothing was applied. */
  Optional<Percentiles> take() {
    long[] taken = new long[BUCKETS];
    long sum = 0;
    for (int i = 0; i < BUCKETS; i++) {
      taken[i] = counts.getAndSet(i, 0);
      sum += taken[i];
    }
    return sum == 0
        ? Optional.empty()
        : Optional.of(new Percentiles(millis(taken, sum * 0.5), millis(taken, sum * 0.99)));
  }

  private static double millis(long[] taken, double rank) {
    long seen = 0;
    int bucket = 0;
    while (bucket < BUCKETS - 1 && seen + taken[bucket] < rank) {
      seen += taken[bucket];
      bucket++;
    }
    return Math.pow(2, (double) bucket / PER_DOUBLING) / 1e3;
  }
}
