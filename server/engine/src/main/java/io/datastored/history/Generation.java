package io.datastored.history;

/**
 * A generation is a position in the history of one incarnation, counted from 1; every committed
 * change of configuration or availability raises it by one. Immutable.
 */
public record Generation(long value) implements Comparable<Generation> {

  /** The value before the first generation. Never committed, only used in comparisons. */
  public static final Generation NONE = new Generation(0);

  /** The first generation of an incarnation. */
  public static final Generation FIRST = new Generation(1);

  public Generation {
    if (value < 0) {
      throw new IllegalArgumentException("a generation is not negative: " + value);
    }
  }

  /** The generation of the next change. */
  public Generation next() {
    return new Generation(Math.addExact(value, 1));
  }

  /** Whether this generation is later than {@code other}. */
  public boolean isAfter(Generation other) {
    return value > other.value;
  }

  @Override
  public int compareTo(Generation other) {
    return Long.compare(value, other.value);
  }

  @Override
  public String toString() {
    return Long.toString(value);
  }
}
