package io.datastored.daemon;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Patience is a bounded wait for a condition, for a start or a stop of a server. Stateless. */
final class Patience {

  private static final Duration LOOK_EVERY = Duration.ofMillis(10);

  private Patience() {}

  /** Waits until it is true, or as long as is allowed; tells which. */
  static boolean until(BooleanSupplier condition, Duration atMost) {
    long start = System.nanoTime();
    try {
      while (!condition.getAsBoolean()) {
        if (System.nanoTime() - start > atMost.toNanos()) {
          return false;
        }
        TimeUnit.NANOSECONDS.sleep(LOOK_EVERY.toNanos());
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
