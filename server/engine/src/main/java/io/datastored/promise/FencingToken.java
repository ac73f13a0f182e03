package io.datastored.promise;

/**
 * A fencing token is the number of a lease: it rises strictly with each lease granted, across
 * restarts and new incarnations, too. So storage that remembers the highest token it has seen can
 * refuse a holder whose lease has ended. Immutable.
 *
 * @param value from 1, below 2^53, so that it is exact in a double, too
 */
public record FencingToken(long value) implements Comparable<FencingToken> {

  /** The exclusive upper bound of all tokens, 2^53. */
  public static final long BOUND = 1L << 53;

  public FencingToken {
    if (!isValid(value)) {
      throw new IllegalArgumentException("a fencing token is 1 to 2^53-1, not " + value);
    }
  }

  /** Whether a number is a valid fencing token. */
  public static boolean isValid(long value) {
    return value > 0 && value < BOUND;
  }

  @Override
  public int compareTo(FencingToken other) {
    return Long.compare(value, other.value);
  }

  @Override
  public String toString() {
    return Long.toString(value);
  }
}
