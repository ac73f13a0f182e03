package io.datastored.operation;

import java.nio.ByteBuffer;

/**
 * A lone counter has a page of its own that is just large enough for two stripes. Stateless. For
 * stress tests: they make a hundred thousand at once, and as many whole pages are more than a
 * process may have.
 */
public final class LoneCounter {

  private LoneCounter() {}

  /** A counter that nobody else uses, closed. */
  public static Counter claim() {
    ByteBuffer page = ByteBuffer.allocateDirect(3 * Long.BYTES).alignedSlice(Long.BYTES);
    Counter counter = new Counter(new Stripe(page, 0), new Stripe(page, Long.BYTES));
    counter.reset();
    return counter;
  }

  /** A stripe of no counter, closed. */
  static Stripe stripe() {
    return claim().stripe(0);
  }
}
