package io.datastored.mount;

import java.util.function.BooleanSupplier;

/**
 * A brief spin waits for what comes within microseconds without going to sleep: a thread that
 * sleeps takes longer to wake than most file systems to answer. Stateless.
 */
final class BriefSpin {

  /** More than it takes to wake a thread. */
  private static final long NANOS = 200_000;

  /** Between two looks at the time, which costs more than a look at the condition. */
  private static final int LOOKS = 16;

  private BriefSpin() {}

  /** Waits for a moment; whether it has come. */
  static boolean until(BooleanSupplier there) {
    if (there.getAsBoolean()) {
      return true;
    }
    long begun = System.nanoTime();
    while (System.nanoTime() - begun < NANOS) {
      // Whoever is waited for may have been put on this very processor.
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
