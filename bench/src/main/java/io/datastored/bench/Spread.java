package io.datastored.bench;

import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;

/**
 * A spread is the result of several runs of one measurement. Immutable.
 *
 * @param median median of the runs
 * @param low lowest of the runs
 * @param high highest of the runs
 */
public record Spread(double median, double low, double high) {

  /** The spread of at least one run. */
  public static Spread of(double... runs) {
    double[] sorted = runs.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    double median =
        sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    return new Spread(median, sorted[0], sorted[sorted.length - 1]);
  }

  /** The spread of at least one run. */
  public static Spread of(Collection<Double> runs) {
    return of(runs.stream().mapToDouble(Double::doubleValue).toArray());
  }

  /**
   * The ratio to another spread: that of the medians, with the lowest and highest possible ratio.
   */
  public Spread over(Spread other) {
    return new Spread(median / other.median, low / other.high, high / other.low);
  }

  /** The same spread in another unit. */
  public Spread times(double factor) {
    return new Spread(median * factor, low * factor, high * factor);
  }

  /** The text of a table cell: the median, followed by the spread. */
  public String cell() {
    return low == high
        ? digits(median)
        : digits(median) + " (" + digits(low) + "–" + digits(high) + ")";
  }

  /** A number with three significant digits, but with all digits before the decimal point. */
  public static String digits(double number) {
    double size = Math.abs(number);
    int decimals = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
    return String.format(Locale.ROOT, "%,." + decimals + "f", number);
  }
}
