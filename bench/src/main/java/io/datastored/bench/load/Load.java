package io.datastored.bench.load;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;

/**
 * A load makes calls on some connections for some time, in a closed loop or at a fixed rate, and
 * records how long each took. Runs one load at a time; confined to its thread.
 *
 * <p>At a fixed rate the time of a call starts when it was due, so that a server that stalls is
 * charged for the calls that had to wait.
 */
final class Load {

  private static final int MOST_CALLS = 1 << 22;

  private final Connections connections;
  private final int inFlight;
  private final Semaphore room;

  Load(Connections connections, int inFlight) {
    this.connections = connections;
    this.inFlight = inFlight;
    this.room = new Semaphore(inFlight);
  }

  /**
   * A result is the rate and the latency of a load. Immutable.
   *
   * @param rate calls per second
   */
  record Result(double rate, double p50Micros, double p99Micros) {}

  /**
   * Makes calls in a closed loop: when a call has ended, the thread that is notified starts the
   * next one at once, so that a load costs little beyond the library.
   */
  Result closed(Calls call, Duration time) throws InterruptedException {
    Taken taken = new Taken();
    long begun = System.nanoTime();
    long until = begun + time.toNanos();
    for (int i = 0; i < inFlight; i++) {
      room.acquire();
      new Chain(call, i, taken, until).begin();
    }
    TimeUnit.NANOSECONDS.sleep(until - System.nanoTime());
    return end(taken, begun);
  }

  /** Makes calls at a fixed rate, however long they take, within the limit of calls in flight. */
  Result open(Calls call, Duration time, double rate) throws InterruptedException {
    Taken taken = new Taken();
    double nanosBetween = 1e9 / rate;
    long begun = System.nanoTime();
    long until = begun + time.toNanos();
    long due = begun;
    for (int n = 0; due < until && n < MOST_CALLS; due = begun + (long) (++n * nanosBetween)) {
      for (long early = due - System.nanoTime(); early > 0; early = due - System.nanoTime()) {
        LockSupport.parkNanos(early);
      }
      room.acquire();
      long asked = due;
      call.start(
          connections.get(n),
          n,
          well -> {
            taken.add(well, asked);
            room.release();
          });
    }
    return end(taken, begun);
  }

  /** Makes a fixed number of calls. */
  void times(Calls call, int count) throws InterruptedException {
    AtomicInteger failed = new AtomicInteger();
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
    awaitAnswers();
    if (failed.get() > 0) {
      throw new IllegalStateException(failed + " calls failed");
    }
  }

  /** Waits for the calls that are still in flight, which are not counted. */
  private Result end(Taken taken, long begun) throws InterruptedException {
    double seconds = (System.nanoTime() - begun) / 1e9;
    int inTime = taken.count();
    awaitAnswers();
    return taken.result(inTime, seconds);
  }

  private void awaitAnswers() throws InterruptedException {
    if (!room.tryAcquire(inFlight, 30, TimeUnit.SECONDS)) {
      throw new IllegalStateException("calls without an answer");
    }
    room.release(inFlight);
  }

  /** A chain makes each call when the previous one has ended. Thread-safe. */
  private final class Chain implements Calls.Ended {
    private final Calls call;
    private final Taken taken;
    private final long until;
    private int n;
    private long asked;

    Chain(Calls call, int first, Taken taken, long until) {
      this.call = call;
      this.n = first;
      this.taken = taken;
      this.until = until;
    }

    void begin() {
      asked = System.nanoTime();
      call.start(connections.get(n), n, this);
    }

    /** One call is in flight at a time, so its writes are visible to the next. */
    @Override
    public void ended(boolean well) {
      taken.add(well, asked);
      if (well && System.nanoTime() < until && n < MOST_CALLS) {
        n += inFlight;
        begin();
      } else {
        room.release();
      }
    }
  }

  /** The durations of the calls of one load. Thread-safe. */
  private static final class Taken {
    private final AtomicLongArray nanos = new AtomicLongArray(MOST_CALLS);
    private final AtomicInteger well = new AtomicInteger();
    private final AtomicInteger badly = new AtomicInteger();

    void add(boolean isWell, long asked) {
      int n = (isWell ? well : badly).getAndIncrement();
      if (isWell && n < MOST_CALLS) {
        nanos.set(n, System.nanoTime() - asked);
      }
    }

    int count() {
      return well.get();
    }

    Result result(int inTime, double seconds) {
      if (badly.get() > 0 || inTime == 0) {
        throw new IllegalStateException(badly + " calls failed, " + inTime + " did not");
      }
      int kept = Math.min(inTime, MOST_CALLS);
      double[] sorted = new double[kept];
      Arrays.setAll(sorted, i -> nanos.get(i) / 1e3);
      Arrays.sort(sorted);
      return new Result(inTime / seconds, sorted[kept / 2], sorted[(int) (kept * 99L / 100)]);
    }
  }
}
