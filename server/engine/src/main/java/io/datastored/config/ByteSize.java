package io.datastored.config;

import java.util.Optional;

/**
 * A byte size is a number of bytes that the file may write with a unit, like {@code 500GiB}.
 * Immutable.
 *
 * @param bytes 0 or more
 */
public record ByteSize(long bytes) {

  private static final String PREFIXES = "KMGTP";
  private static final int MAX_DIGITS = 24;

  /** Checks the sign. */
  public ByteSize {
    if (bytes < 0) {
      throw new IllegalArgumentException("a size cannot be negative: " + bytes);
    }
  }

  /**
   * Returns the size that a text spells, or nothing. Understood are, in any case, a decimal number,
   * an optional blank, an optional unit (K, M, G, T, P for powers of 1000; Ki, Mi, Gi, Ti, Pi for
   * powers of 1024) and an optional B; fractions of a byte are cut.
   */
  public static Optional<ByteSize> tryParse(String text) {
    int end = text.length();
    if (end > 0 && isLetter(text, end - 1, 'B')) {
      end--;
    }
    long base = 1000;
    if (end > 0 && text.charAt(end - 1) == 'i') {
      base = 1024;
      end--;
    }
    int power = end == 0 ? 0 : 1 + PREFIXES.indexOf(Character.toUpperCase(text.charAt(end - 1)));
    if (power > 0) {
      end--;
    } else if (base == 1024) {
      return Optional.empty();
    }
    return number(text.substring(0, Blank.trimEnd(text, 0, end)), unit(base, power));
  }

  private static boolean isLetter(String text, int at, char letter) {
    return Character.toUpperCase(text.charAt(at)) == letter;
  }

  private static Optional<ByteSize> number(String digits, long unit) {
    int point = digits.indexOf('.');
    String whole = point < 0 ? digits : digits.substring(0, point);
    String fraction = point < 0 ? "" : digits.substring(point + 1);
    if (digits.length() > MAX_DIGITS
        || whole.length() + fraction.length() == 0
        || !isDigits(whole)
        || !isDigits(fraction)) {
      return Optional.empty();
    }
    try {
      long bytes = whole.isEmpty() ? 0 : Math.multiplyExact(Long.parseLong(whole), unit);
      long part = fraction.isEmpty() ? 0 : (long) (Double.parseDouble("0." + fraction) * unit);
      return Optional.of(new ByteSize(Math.addExact(bytes, part)));
    } catch (ArithmeticException | NumberFormatException tooLarge) {
      return Optional.empty();
    }
  }

  private static boolean isDigits(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }

  private static long unit(long base, int power) {
    long unit = 1;
    for (int i = 0; i < power; i++) {
      unit *= base;
    }
    return unit;
  }

  /** Returns the size as it is written: in the unit that leaves the smallest whole number. */
  @Override
  public String toString() {
    long number = bytes;
    String suffix = "";
    for (int power = 1; power <= PREFIXES.length(); power++) {
      char prefix = PREFIXES.charAt(power - 1);
      long decimal = unit(1000, power);
      long binary = unit(1024, power);
      if (bytes % decimal == 0 && bytes / decimal < number) {
        number = bytes / decimal;
        suffix = prefix + "B";
      }
      if (bytes % binary == 0 && bytes / binary < number) {
        number = bytes / binary;
        suffix = prefix + "iB";
      }
    }
    return number + suffix;
  }
}
