package io.datastored.cli;

import java.time.Duration;
import java.time.Instant;

/** A waiting clock tells the time and waits for it to pass. Thread-safe. */
interface WaitingClock {

  /** The clock of this machine. */
  WaitingClock SYSTEM =
      new WaitingClock() {
        @Override
        public long nanoTime() {
          return System.nanoTime();
        }

        @Override
        public Instant wallTime() {
          return Instant.now();
        }

        @Override
        public void sleep(Duration time) throws InterruptedException {
          Thread.sleep(Math.max(0, time.toMillis()));
        }
      };

  /** Monotonic, in nanoseconds from an arbitrary point. */
  long nanoTime();

  /** For people only. */
  Instant wallTime();

  void sleep(Duration time) throws InterruptedException;

  default Duration since(long nanoTime) {
    return Duration.ofNanos(nanoTime() - nanoTime);
  }
}
