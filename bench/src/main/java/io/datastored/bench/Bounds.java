package io.datastored.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Bounds are what numbers were to be, and whether they were. A machine that does other things
 * besides may miss one; ten times as much is wrong on any. Confined to one thread.
 */
final class Bounds {

  private static final int WRONG_ON_ANY_MACHINE = 10;

  private final List<String> missed = new ArrayList<>();

  /** The cells of a table: what it was to be at most, and whether it was. */
  String atMost(String what, double number, double bound) {
    if (number > bound * WRONG_ON_ANY_MACHINE) {
      missed.add(String.format(Locale.ROOT, "%s: %.1f, more than 10 x %.1f", what, number, bound));
    }
    String most = String.format(Locale.ROOT, bound < WRONG_ON_ANY_MACHINE ? "%.1f" : "%.0f", bound);
    return "at most %s: %s".formatted(most, number <= bound ? "yes" : "NO");
  }

  /** The same of what must never be less. */
  String atLeast(String what, double number, double bound) {
    if (number < bound) {
      missed.add(String.format(Locale.ROOT, "%s: %.1f, less than %.1f", what, number, bound));
    }
    return String.format(Locale.ROOT, "at least %.0f: %s", bound, number >= bound ? "yes" : "NO");
  }

  /** What a program ends with. */
  int exitCode() {
    missed.forEach(System.err::println);
    return missed.isEmpty() ? 0 : 1;
  }
}
