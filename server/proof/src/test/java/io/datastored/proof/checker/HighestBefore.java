package io.datastored.proof.checker;

import static java.util.Comparator.comparingLong;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * A highest before is, for each of many things that took a time, that one with the highest number
 * among all that were over before it began. Immutable.
 *
 * @param one the thing
 * @param highest the other one
 */
record HighestBefore<T>(T one, T highest) {

  /** Those that have one before them. */
  static <T> List<HighestBefore<T>> of(
      List<T> all, ToLongFunction<T> begin, ToLongFunction<T> end, ToLongFunction<T> number) {
    List<T> byEnd = all.stream().sorted(comparingLong(end)).toList();
    List<HighestBefore<T>> pairs = new ArrayList<>();
    T highest = null;
    int next = 0;
    for (T one : all.stream().sorted(comparingLong(begin)).toList()) {
      while (next < byEnd.size() && end.applyAsLong(byEnd.get(next)) < begin.applyAsLong(one)) {
        T over = byEnd.get(next++);
        if (highest == null || number.applyAsLong(over) > number.applyAsLong(highest)) {
          highest = over;
        }
      }
      if (highest != null) {
        pairs.add(new HighestBefore<>(one, highest));
      }
    }
    return pairs;
  }
}
