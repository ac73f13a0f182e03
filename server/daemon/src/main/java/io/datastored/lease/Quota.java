package io.datastored.lease;

import java.util.concurrent.atomic.AtomicLong;

/** A quota is a number of places. Thread-safe: one atomic word, so the limit is never passed. */
final class Quota {

  private final Limit limit;
  private final AtomicLong taken = new AtomicLong();

  Quota(Limit limit) {
    this.limit = limit;
  }

  /** Takes a place; false if none is free. */
  boolean tryTake() {
    if (taken.incrementAndGet() > limit.value()) {
      taken.decrementAndGet();
      return false;
    }
    return true;
  }

  void giveBack() {
    taken.decrementAndGet();
  }

  boolean isFull() {
    return taken.get() >= limit.value();
  }

  long taken() {
    return taken.get();
  }

  Limit limit() {
    return limit;
  }
}
