package io.datastored.cli.command;

import io.datastored.cli.view.ExitStatus;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A stop signal turns Ctrl-C and SIGTERM into an interrupt of the working thread, and keeps the
 * process alive until that thread has cleaned up. Thread-safe: latches.
 *
 * <p>Java starts two threads for a signal that ends a process. A server that cannot start threads
 * must still stop, so its signals are {@linkplain SignalTable intercepted before that} and given to
 * a thread that was started in advance.
 */
public final class StopSignal implements AutoCloseable {

  /** How the process ends once the worker has cleaned up. */
  public enum Ending {
    /** The JVM ends with 128 + the number of the signal. */
    BY_SIGNAL,
    /** The exit status is 0: the stop was requested and completed in order. */
    IN_ORDER
  }

  private static final int ENDED_BY_TERM = 143;

  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch tidy = new CountDownLatch(1);
  private final Thread worker;
  private final Duration patience;
  private final Thread hook;
  private final Thread ready = new Thread(this::awaitSignal, "stop-signal-ready");

  private StopSignal(Thread worker, Duration patience, Ending ending) {
    this.worker = worker;
    this.patience = patience;
    this.hook =
        new Thread(
            () -> {
              if (stop() && ending == Ending.IN_ORDER) {
                Runtime.getRuntime().halt(ExitStatus.OK.code());
              }
            },
            "stop-signal");
  }

  /**
   * Registers the calling thread as the one to interrupt; it closes the result when it has cleaned
   * up. A catch or finally of the same try statement runs after that close and may not run at all.
   */
  public static StopSignal install(Duration patience, Ending ending) {
    var signal = new StopSignal(Thread.currentThread(), patience, ending);
    Runtime.getRuntime().addShutdownHook(signal.hook);
    if (ending == Ending.IN_ORDER) {
      signal.awaitOnOwnThread();
    }
    return signal;
  }

  private void awaitOnOwnThread() {
    ready.setDaemon(true);
    ready.start();
    SignalTable.intercept(
        () -> {
          boolean mine = tidy.getCount() > 0;
          asked.countDown();
          return mine;
        });
  }

  private void awaitSignal() {
    try {
      asked.await();
      Runtime.getRuntime().halt(stop() ? ExitStatus.OK.code() : ENDED_BY_TERM);
    } catch (InterruptedException closed) {
      // No signal came.
    }
  }

  /** Interrupts the worker; true if it has cleaned up in time. */
  private boolean stop() {
    worker.interrupt();
    try {
      return tidy.await(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      return tidy.getCount() == 0;
    }
  }

  @Override
  public void close() {
    tidy.countDown();
    if (asked.getCount() > 0) {
      ready.interrupt();
    }
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException alreadyShuttingDown) {
      // The hook is running and sees the latch.
    }
  }
}
