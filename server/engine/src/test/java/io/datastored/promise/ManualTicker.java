package io.datastored.promise;

import com.google.common.base.Ticker;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** A manual ticker is monotonic time that moves only when told. Thread-safe. */
public final class ManualTicker extends Ticker {

  /** Anywhere: the origin of monotonic time means nothing, and may be below 0. */
  private final AtomicLong nanos = new AtomicLong(-5_000_000_000L);

  private int untilTask;
  private Runnable task = () -> {};

  @Override
  public long read() {
    if (untilTask > 0 && --untilTask == 0) {
      task.run();
    }
    return nanos.get();
  }

  /** Has something happen at the n-th reading from now, before it is read. For one thread. */
  public void atReading(int n, Runnable happens) {
    task = happens;
    untilTask = n;
  }

  /** Lets time pass. */
  public void advance(Duration duration) {
    nanos.addAndGet(duration.toNanos());
  }
}
