package io.datastored.operation;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.nio.ByteBuffer;

/**
 * Counters are the counters of one process, each alone on two cache lines so that threads which
 * work on different datastores do not disturb each other. Thread-safe: claiming takes a lock,
 * counting does not.
 */
public final class Counters {

  /** Two lines: the prefetcher of common processors fetches lines in pairs. */
  static final int STRIDE = 128;

  private static final int PAGE = 512 * STRIDE;

  private final Object lock = new Object();

  @GuardedBy("lock")
  private ByteBuffer page = ByteBuffer.allocate(0);

  @GuardedBy("lock")
  private int used;

  /**
   * A counter that nobody else uses, closed. It is never given to another datastore: a lookup that
   * was asleep since before its datastore was removed may still add to it.
   */
  public Counter claim() {
    synchronized (lock) {
      if (used == page.capacity()) {
        page = ByteBuffer.allocateDirect(PAGE + STRIDE).alignedSlice(STRIDE).slice(0, PAGE);
        used = 0;
      }
      Counter counter = new Counter(page, used);
      used += STRIDE;
      counter.reset();
      return counter;
    }
  }
}
