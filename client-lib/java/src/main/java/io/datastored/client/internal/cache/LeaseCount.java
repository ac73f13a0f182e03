package io.datastored.client.internal.cache;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A lease count is one word with the number of local handles on a lease and whether the lease was
 * released. Thread-safe: every change of the word is atomic.
 *
 * <p>Closing is one compare-and-set from zero to CLOSED. If it only read the count, a lookup could
 * count between that read and the Release, and its handle would have no lease.
 */
final class LeaseCount {

  private static final long CLOSED = 1L << 62;

  private final AtomicLong word = new AtomicLong();

  /** Counts another handle; false, without counting, if the count is closed. */
  boolean enter() {
    if ((word.getAndIncrement() & CLOSED) == 0) {
      return true;
    }
    word.decrementAndGet();
    return false;
  }

  /** Counts one handle less; true if it was the last. */
  boolean exit() {
    return word.decrementAndGet() == 0;
  }

  /** Closes the count permanently if no handle is counted. */
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
