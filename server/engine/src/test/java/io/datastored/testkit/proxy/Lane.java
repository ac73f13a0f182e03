package io.datastored.testkit.proxy;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * A lane is one direction of all connections of a proxy: what is wrong with it now. Thread-safe:
 * under its own lock.
 */
final class Lane {

  private boolean held;
  private Duration delay = Duration.ZERO;

  synchronized void hold() {
    held = true;
  }

  synchronized void delay(Duration time) {
    delay = time;
  }

  /** Lets everything pass at once, also what has waited. */
  synchronized void heal() {
    held = false;
    delay = Duration.ZERO;
    notifyAll();
  }

  /** Waits until bytes that came at a moment may go on. */
  synchronized void await(long cameNanos) throws InterruptedException {
    while (true) {
      long left = cameNanos + delay.toNanos() - System.nanoTime();
      if (held) {
        wait();
      } else if (left > 0) {
        // Rounded up, so that nothing is early.
        TimeUnit.NANOSECONDS.timedWait(this, left + 1_000_000);
      } else {
        return;
      }
    }
  }
}
