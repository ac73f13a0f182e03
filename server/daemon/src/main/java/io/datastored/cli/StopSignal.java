package io.datastored.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A stop signal turns Ctrl-C and SIGTERM into an interrupt of the thread that works, and keeps the
 * process alive until that thread has tidied up. Thread-safe: a latch.
 */
final class StopSignal implements AutoCloseable {

  /** What becomes of the process once the worker has tidied up. */
  enum Ending {
    /** The JVM ends with 128 + the number of the signal. */
    BY_SIGNAL,
    /** Ends with 0: stopping is what was asked for, and it was done in order. */
    IN_ORDER
  }

  private final CountDownLatch tidy = new CountDownLatch(1);
  private final Thread hook;

  private StopSignal(Thread worker, Duration patience, Ending ending) {
    this.hook =
        new Thread(
            () -> {
              worker.interrupt();
              if (isTidyWithin(patience) && ending == Ending.IN_ORDER) {
                Runtime.getRuntime().halt(ExitStatus.OK.code());
              }
            },
            "stop-signal");
  }

  /**
   * The calling thread is the one to interrupt; it closes what this returns when all is tidy. What
   * a catch or finally of the same try statement does comes after that, and may not be done any
   * more.
   */
  static StopSignal install(Duration patience, Ending ending) {
    var signal = new StopSignal(Thread.currentThread(), patience, ending);
    Runtime.getRuntime().addShutdownHook(signal.hook);
    return signal;
  }

  private boolean isTidyWithin(Duration patience) {
    try {
      return tidy.await(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      return false;
    }
  }

  @Override
  public void close() {
    tidy.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException alreadyShuttingDown) {
      // The hook is running and has been told.
    }
  }
}
