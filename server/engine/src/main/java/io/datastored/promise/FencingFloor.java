package io.datastored.promise;

import io.datastored.config.DatastoreName;
import io.datastored.operation.Operation;

/**
 * A fencing floor is the highest token that was drained: a lease of that operation on that
 * datastore with a token at or below it can never be reclaimed. Immutable.
 */
record FencingFloor(DatastoreName datastore, Operation operation, long token) {

  FencingFloor {
    if (!operation.counted()) {
      throw new IllegalArgumentException(operation + " has no floor");
    }
    if (token < 0 || token >= FencingToken.BOUND) {
      throw new IllegalArgumentException("a floor is 0 to 2^53-1, not " + token);
    }
  }

  /** Whether it applies to this operation on this datastore. */
  boolean isOf(DatastoreName other, Operation its) {
    return operation == its && datastore.equals(other);
  }

  /** Whether both apply to the same operation on the same datastore. */
  boolean isLike(FencingFloor other) {
    return isOf(other.datastore, other.operation);
  }
}
