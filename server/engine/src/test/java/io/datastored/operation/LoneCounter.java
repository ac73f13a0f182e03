package io.datastored.operation;

import java.nio.ByteBuffer;

/**
 * A lone counter has a page of its own that is just large enough. Stateless. For stress tests: they
 * make a hundred thousand at once, and as many whole pages are more than a process may have.
 */
public final class LoneCounter {

  private LoneCounter() {}

  /** A counter that nobody else uses, closed. */
  public static Counter claim() {
    ByteBuffer page = ByteBuffer.allocateDirect(2 * Long.BYTES).alignedSlice(Long.BYTES);
    Counter counter = new Counter(page, 0);
    counter.reset();
    return counter;
  }
}
