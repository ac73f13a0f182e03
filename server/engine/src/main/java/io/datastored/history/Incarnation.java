package io.datastored.history;

import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/**
 * An incarnation names one history of generations: 16 lower-case hexadecimal digits, random.
 * Immutable.
 *
 * <p>It is new when the state directory is new, lost, copied or restored. Generations of two
 * incarnations are never compared.
 */
public record Incarnation(String value) {

  private static final Pattern FORM = Pattern.compile("[0-9a-f]{16}");

  public Incarnation {
    if (!FORM.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "an incarnation is 16 lower-case hexadecimal digits, not '" + value + "'");
    }
  }

  /** Draws a new incarnation. */
  public static Incarnation random(RandomGenerator random) {
    return new Incarnation(String.format("%016x", random.nextLong()));
  }

  @Override
  public String toString() {
    return value;
  }
}
