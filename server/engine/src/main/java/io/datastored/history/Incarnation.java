package io.datastored.history;

import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/**
 * An incarnation is the random id of one history of generations: 16 lower-case hexadecimal digits.
 * Immutable.
 *
 * <p>A state directory that is new, lost, copied or restored gets a new incarnation. Generations of
 * different incarnations are never compared.
 */
public record Incarnation(String value) {

  private static final Pattern FORM = Pattern.compile("[0-9a-f]{16}");

  public Incarnation {
    if (!FORM.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "an incarnation is 16 lower-case hexadecimal digits, not '" + value + "'");
    }
  }

  /** A new random incarnation. */
  public static Incarnation random(RandomGenerator random) {
    return new Incarnation(String.format("%016x", random.nextLong()));
  }

  @Override
  public String toString() {
    return value;
  }
}
