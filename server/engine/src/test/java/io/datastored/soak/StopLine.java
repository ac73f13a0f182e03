package io.datastored.soak;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A stop line is how a worker learns that it shall end: its standard input has an end, because
 * whoever started it closed it or died. Thread-safe: a latch.
 */
public final class StopLine {

  /** A worker ends its operation first; one that cannot is ended. */
  private static final int PATIENCE_SECONDS = 10;

  private final CountDownLatch stopped = new CountDownLatch(1);

  public static StopLine ofThisProcess() {
    StopLine line = new StopLine();
    Thread reader = new Thread(line::read, "stop-line");
    reader.setDaemon(true);
    reader.start();
    return line;
  }

  private void read() {
    try {
      while (System.in.read() >= 0) {
        // Nobody says anything here.
      }
    } catch (IOException e) {
      // As good as an end.
    }
    stopped.countDown();
    try {
      TimeUnit.SECONDS.sleep(PATIENCE_SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Runtime.getRuntime().halt(3);
  }

  public boolean isStopped() {
    return stopped.getCount() == 0;
  }

  /** Waits; true when it was stopped meanwhile. */
  public boolean stoppedWithin(long nanos) {
    try {
      return stopped.await(nanos, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }
}
