package io.datastored.operation;

/** Operation counts are the numbers of operations in progress, by kind. Immutable. */
public record OperationCounts(long read, long write) {

  /** No operation in progress. */
  public static final OperationCounts NONE = new OperationCounts(0, 0);

  public OperationCounts {
    if (read < 0 || write < 0) {
      throw new IllegalArgumentException("counts are not negative: " + read + ", " + write);
    }
  }

  /** The sum of both. */
  public OperationCounts plus(OperationCounts other) {
    return new OperationCounts(read + other.read, write + other.write);
  }

  /** Whether nothing is in progress. */
  public boolean none() {
    return read == 0 && write == 0;
  }
}
