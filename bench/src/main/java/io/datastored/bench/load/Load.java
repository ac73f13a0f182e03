package io.datastored.bench.load;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;

/**
 * A load makes calls on some connections for some time, either as many as there is room for in
 * flight or at a fixed rate, and keeps how long each took. Thread-safe.
 *
 * <p>At a fixed rate the time of a call is counted from when it was due, so that a server which
 * stalls is charged for those that had to wait.
 */
final class Load {

  private static final int MOST_CALLS = 1 << 22;

  private final Connections connections;
  private final int inFlight;

  Load(Connections connections, int inFlight) {
    this.connections = connections;
    this.inFlight = inFlight;
  }

  /**
   * What a load came to. Immutable.
   *
   * @param rate calls per second
   */
  record Result(double rate, double p50Micros, double p99Micros) {}

  /** As fast as it goes. */
  Result closed(Calls call, Duration time) throws InterruptedException {
    return run(call, time, 0);
  }

  /** So many calls per second, however long they take, as long as there is room in flight. */
  Result open(Calls call, Duration time, double rate) throws InterruptedException {
    return run(call, time, 1e9 / rate);
  }

  /** So many calls and no more. */
  void times(Calls call, int count) throws InterruptedException {
    AtomicInteger failed = new AtomicInteger();
    Semaphore room = new Semaphore(inFlight);
    for (int n = 0; n < count; n++) {
      room.acquire();
      call.start(
          connections.get(n),
          n,
          well -> {
            if (!well) {
              int unused = failed.incrementAndGet();
            }
            room.release();
          });
    }
    if (!room.tryAcquire(inFlight, 30, TimeUnit.SECONDS) || failed.get() > 0) {
      throw new IllegalStateException(failed + " calls failed");
    }
  }

  private Result run(Calls call, Duration time, double nanosBetween) throws InterruptedException {
    AtomicLongArray nanos = new AtomicLongArray(MOST_CALLS);
    AtomicInteger done = new AtomicInteger();
    AtomicInteger failed = new AtomicInteger();
    Semaphore room = new Semaphore(inFlight);
    long begun = System.nanoTime();
    long until = begun + time.toNanos();
    int n = 0;
    while (System.nanoTime() < until && n < MOST_CALLS) {
      long due = begun + (long) (n * nanosBetween);
      if (nanosBetween > 0) {
        while (System.nanoTime() < due) {
          LockSupport.parkNanos(due - System.nanoTime());
        }
      }
      room.acquire();
      long asked = nanosBetween > 0 ? due : System.nanoTime();
      call.start(
          connections.get(n),
          n,
          well -> {
            if (well) {
              nanos.set(done.getAndIncrement(), System.nanoTime() - asked);
            } else {
              int unused = failed.incrementAndGet();
            }
            room.release();
          });
      n++;
    }
    double seconds = (System.nanoTime() - begun) / 1e9;
    int inTime = done.get();
    if (!room.tryAcquire(inFlight, 30, TimeUnit.SECONDS)) {
      throw new IllegalStateException("calls without an answer");
    }
    if (failed.get() > 0 || inTime == 0) {
      throw new IllegalStateException(failed + " calls failed, " + inTime + " did not");
    }
    double[] sorted = new double[inTime];
    Arrays.setAll(sorted, i -> nanos.get(i) / 1e3);
    Arrays.sort(sorted);
    return new Result(
        inTime / seconds,
        sorted[inTime / 2],
        sorted[(int) Math.min(inTime - 1L, inTime * 99L / 100)]);
  }
}
