package io.datastored.mount;

import java.util.function.BooleanSupplier;

/**
 * A brief spin is a wait of microseconds without sleeping: a sleeping thread takes longer to wake
 * up than most file systems take to answer. Stateless.
 */
final class BriefSpin {

  /** Longer than it takes to wake a thread. */
  private static final long NANOS = 200_000;

  /** Checks of the condition between two readings of the clock, which cost more. */
  private static final int LOOKS = 16;

  private BriefSpin() {}

  /**
   * Waits briefly.
   *
   * @return whether the condition became true
   */
  static boolean until(BooleanSupplier there) {
    if (there.getAsBoolean()) {
      return true;
    }
    long begun = System.nanoTime();
    while (System.nanoTime() - begun < NANOS) {
      // The thread being waited for may be scheduled on this very processor.
      Thread.yield();
      for (int look = 0; look < LOOKS; look++) {
        Thread.onSpinWait();
        if (there.getAsBoolean()) {
          return true;
        }
      }
    }
    return false;
  }
}
