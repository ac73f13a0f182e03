package io.datastored.client.proof;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A turn is something that is done meanwhile, on a thread of its own. Thread-safe. Its failure is
 * that of whoever joins it.
 */
final class Turn {

  /** What is done. */
  interface Work {
    void run() throws Exception;
  }

  private final Thread thread;
  private final CountDownLatch over = new CountDownLatch(1);
  private volatile Throwable failure;

  Turn(String name, Work work) {
    this.thread = new Thread(() -> run(work), name);
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  private void run(Work work) {
    try {
      work.run();
    } catch (Exception | AssertionError e) {
      failure = e;
    } finally {
      over.countDown();
    }
  }

  boolean isOver() {
    return over.getCount() == 0;
  }

  void join(Duration patience) throws InterruptedException {
    if (!over.await(2 * patience.toNanos(), TimeUnit.NANOSECONDS)) {
      throw new AssertionError(thread.getName() + " does not end");
    }
    if (failure != null) {
      throw new AssertionError(thread.getName() + " failed", failure);
    }
  }
}
