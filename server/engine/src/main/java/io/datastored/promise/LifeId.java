package io.datastored.promise;

import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/**
 * A life id names one life of a server: the time in which its sessions and leases are valid. It
 * begins with a process, and anew when others have stopped waiting for the server. Immutable.
 *
 * @param value at most 8 letters from a to z
 */
public record LifeId(String value) {

  private static final Pattern FORM = Pattern.compile("[a-z]{1,8}");

  /** The life of a server that is alone: too short for a random one. */
  public static final LifeId LONE = new LifeId("lone");

  private static final int LETTERS = 8;

  /** Checks the form. */
  public LifeId {
    if (!FORM.matcher(value).matches()) {
      throw new IllegalArgumentException("a life id has at most 8 letters from a to z: " + value);
    }
  }

  /** A new one, of 8 letters. */
  public static LifeId random(RandomGenerator random) {
    StringBuilder letters = new StringBuilder(LETTERS);
    for (int i = 0; i < LETTERS; i++) {
      letters.append((char) ('a' + random.nextInt('z' - 'a' + 1)));
    }
    return new LifeId(letters.toString());
  }

  @Override
  public String toString() {
    return value;
  }
}
