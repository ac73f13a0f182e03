package io.datastored.client;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A lease count is the number of local handles on one lease and whether the lease was given back,
 * in one word. Thread-safe: each call is one atomic step.
 *
 * <p>Giving back is one compare-and-set from zero to CLOSED. With a plain look at the count a
 * lookup could count between the look and the Release, and its handle would have no lease.
 */
final class LeaseCount {

  private static final long CLOSED = 1L << 62;

  private final AtomicLong word = new AtomicLong();

  /** Counts one more handle; false, and nothing is counted, when it is closed. */
  boolean enter() {
    if ((word.getAndIncrement() & CLOSED) == 0) {
      return true;
    }
    word.decrementAndGet();
    return false;
  }

  /** Counts one handle less; true when it was the last. */
  boolean exit() {
    return word.decrementAndGet() == 0;
  }

  /** Closes it for ever, if nobody is counted. */
  boolean close() {
    return word.compareAndSet(0, CLOSED);
  }

  boolean isClosed() {
    return (word.get() & CLOSED) != 0;
  }

  long handles() {
    return word.get() & ~CLOSED;
  }
}
