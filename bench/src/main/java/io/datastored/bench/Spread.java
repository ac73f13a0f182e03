package io.datastored.bench;

import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;

/**
 * A spread is what several runs of one measurement came to. Immutable.
 *
 * @param median the one in the middle
 * @param low the least
 * @param high the most
 */
public record Spread(double median, double low, double high) {

  /** Of at least one run. */
  public static Spread of(double... runs) {
    double[] sorted = runs.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    double median =
        sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    return new Spread(median, sorted[0], sorted[sorted.length - 1]);
  }

  /** Of at least one run. */
  public static Spread of(Collection<Double> runs) {
    return of(runs.stream().mapToDouble(Double::doubleValue).toArray());
  }

  /** How many times this is the other: medians, with the least and the most that can be made. */
  public Spread over(Spread other) {
    return new Spread(median / other.median, low / other.high, high / other.low);
  }

  /** The same in another unit. */
  public Spread times(double factor) {
    return new Spread(median * factor, low * factor, high * factor);
  }

  /** For a cell of a table: the median, and the spread behind it. */
  public String cell() {
    return low == high
        ? digits(median)
        : digits(median) + " (" + digits(low) + "–" + digits(high) + ")";
  }

  /** Three digits that count, never fewer than those before the point. */
  public static String digits(double number) {
    double size = Math.abs(number);
    int decimals = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
    return String.format(Locale.ROOT, "%,." + decimals + "f", number);
  }
}
