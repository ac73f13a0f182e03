package io.datastored.promise;

import io.datastored.config.DatastoreName;
import io.datastored.operation.Operation;

/**
 * A fencing floor is what was drained: no lease of that operation on that datastore is ever
 * reclaimed whose token is at or below it. Immutable.
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

  /** Whether it is about that operation on that datastore. */
  boolean isOf(DatastoreName other, Operation its) {
    return operation == its && datastore.equals(other);
  }

  /** Whether it is about the same operation on the same datastore. */
  boolean isLike(FencingFloor other) {
    return isOf(other.datastore, other.operation);
  }
}
