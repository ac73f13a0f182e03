package io.datastored.cli.view;

import com.google.protobuf.util.Durations;
import java.time.Duration;
import java.util.Locale;

/** The human format shows ages, sizes and counts in a few characters. Stateless. */
public final class HumanFormat {

  private static final String[] UNITS = {"B", "K", "M", "G", "T", "P", "E"};

  private HumanFormat() {}

  /** An age in one unit, rounded down: {@code 95s}, {@code 41m}, {@code 30h}, {@code 12d}. */
  public static String age(Duration age) {
    if (age.toSeconds() < 100) {
      return Math.max(0, age.toSeconds()) + "s";
    }
    if (age.toMinutes() < 100) {
      return age.toMinutes() + "m";
    }
    return age.toHours() < 48 ? age.toHours() + "h" : age.toDays() + "d";
  }

  public static String age(com.google.protobuf.Duration age) {
    return age(of(age));
  }

  /** A wait, rounded up to the second, so that it is never too short. */
  static String atMost(com.google.protobuf.Duration bound) {
    Duration exact = of(bound);
    return DurationText.print(Duration.ofSeconds((exact.toMillis() + 999) / 1000));
  }

  /**
   * A time to a tenth of a second: {@code 0.3s}, {@code 12.5s}, and whole seconds from a minute on.
   */
  static String elapsed(com.google.protobuf.Duration elapsed) {
    long millis = of(elapsed).toMillis();
    return millis < 60_000
        ? String.format(Locale.ROOT, "%.1fs", millis / 1000.0)
        : age(Duration.ofMillis(millis));
  }

  static Duration of(com.google.protobuf.Duration duration) {
    return Duration.ofNanos(Durations.toNanos(duration));
  }

  /** A size in powers of 1024: {@code 812M}, {@code 1.5T}. */
  public static String bytes(long bytes) {
    double amount = bytes;
    int unit = 0;
    while (amount >= 1024 && unit < UNITS.length - 1) {
      amount /= 1024;
      unit++;
    }
    return amount >= 10 || unit == 0
        ? Math.round(amount) + UNITS[unit]
        : String.format(Locale.ROOT, "%.1f%s", amount, UNITS[unit]);
  }

  /** {@code 1 write}, {@code 3 writes}. */
  public static String count(long number, String noun) {
    return number + " " + noun + (number == 1 ? "" : "s");
  }
}
