package io.datastored.operation;

/** Operation counts are how many operations of each counted kind are in progress. Immutable. */
public record OperationCounts(long read, long write) {

  /** None in progress. */
  public static final OperationCounts NONE = new OperationCounts(0, 0);

  public OperationCounts {
    if (read < 0 || write < 0) {
      throw new IllegalArgumentException("counts are not negative: " + read + ", " + write);
    }
  }

  /** Both together. */
  public OperationCounts plus(OperationCounts other) {
    return new OperationCounts(read + other.read, write + other.write);
  }

  /** Whether nothing is in progress. */
  public boolean none() {
    return read == 0 && write == 0;
  }
}
