package io.datastored.mount;

import java.util.function.BooleanSupplier;

/**
 * A brief spin waits for what comes within microseconds without letting go of the processor: a
 * thread that sleeps takes longer to wake than most file systems to answer. Stateless.
 */
final class BriefSpin {

  /** About what it takes to wake a thread; nothing where whoever is waited for could not run. */
  private static final long NANOS = Runtime.getRuntime().availableProcessors() > 1 ? 50_000 : 0;

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
