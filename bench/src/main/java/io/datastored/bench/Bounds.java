package io.datastored.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Bounds are the expected limits of measured numbers, with the limits that were missed. Confined to
 * one thread. A busy machine may miss a limit; ten times the limit is wrong on any machine.
 */
final class Bounds {

  private static final int WRONG_ON_ANY_MACHINE = 10;

  private final List<String> missed = new ArrayList<>();

  /** The table cells for an upper limit and whether the number met it. */
  String atMost(String what, double number, double bound) {
    if (number > bound * WRONG_ON_ANY_MACHINE) {
      missed.add(String.format(Locale.ROOT, "%s: %.1f, more than 10 x %.1f", what, number, bound));
    }
    String most = String.format(Locale.ROOT, bound < WRONG_ON_ANY_MACHINE ? "%.1f" : "%.0f", bound);
    return "at most %s: %s".formatted(most, number <= bound ? "yes" : "NO");
  }

  /** The table cells for a lower limit, which every machine must meet. */
  String atLeast(String what, double number, double bound) {
    if (number < bound) {
      missed.add(String.format(Locale.ROOT, "%s: %.1f, less than %.1f", what, number, bound));
    }
    return String.format(Locale.ROOT, "at least %.0f: %s", bound, number >= bound ? "yes" : "NO");
  }

  /** The exit code of the program; prints the limits that were missed. */
  int exitCode() {
    missed.forEach(System.err::println);
    return missed.isEmpty() ? 0 : 1;
  }
}
