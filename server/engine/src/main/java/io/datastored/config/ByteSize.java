package io.datastored.config;

import static java.util.regex.Pattern.CASE_INSENSITIVE;

import java.math.BigDecimal;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A byte size is a number of bytes, which may have a unit in the file, like {@code 500GiB}.
 * Immutable.
 *
 * @param bytes 0 or more
 */
public record ByteSize(long bytes) {

  private static final String PREFIXES = "KMGTP";
  public static final int MAX_LENGTH = 64;
  private static final Pattern NUMBER =
      Pattern.compile("[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)(e[+-]?[0-9]+)?", CASE_INSENSITIVE);
  private static final Pattern NO_NUMBER =
      Pattern.compile("[+-]?nan|\\+?inf(inity)?", CASE_INSENSITIVE);

  /** Checks the sign. */
  public ByteSize {
    if (bytes < 0) {
      throw new IllegalArgumentException("a size cannot be negative: " + bytes);
    }
  }

  /**
   * The size in this text, or empty if it is not a size. The syntax is that of Proxmox Backup
   * Server: a number in decimal or scientific notation, then optional blanks, an optional unit (K,
   * M, G, T, P in any case for powers of 1000; followed by i for powers of 1024) and an optional B.
   * Fractions of a byte are truncated; a size that is too large becomes the largest size.
   */
  public static Optional<ByteSize> tryParse(String text) {
    int end = text.length();
    if (end > MAX_LENGTH) {
      return Optional.empty();
    }
    if (end > 0 && Character.toUpperCase(text.charAt(end - 1)) == 'B') {
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
    }
    return number(text.substring(0, Blank.trimEnd(text, 0, end)), unit(base, power));
  }

  private static Optional<ByteSize> number(String number, long unit) {
    Matcher form = NUMBER.matcher(number);
    if (!form.matches()) {
      // Proxmox Backup Server treats NaN as zero.
      return NO_NUMBER.matcher(number).matches()
          ? Optional.of(new ByteSize(number.matches("(?i).*nan") ? 0 : Long.MAX_VALUE))
          : Optional.empty();
    }
    // An exponent could produce a number of a billion digits.
    BigDecimal value =
        form.group(2) == null
            ? new BigDecimal(number)
            : BigDecimal.valueOf(Math.min(Double.parseDouble(number), Double.MAX_VALUE));
    return value.signum() < 0
        ? Optional.empty()
        : Optional.of(
            new ByteSize(
                value
                    .multiply(BigDecimal.valueOf(unit))
                    .min(BigDecimal.valueOf(Long.MAX_VALUE))
                    .longValue()));
  }

  private static long unit(long base, int power) {
    long unit = 1;
    for (int i = 0; i < power; i++) {
      unit *= base;
    }
    return unit;
  }

  /** The size as written to the file: in the unit that gives the smallest whole number. */
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
