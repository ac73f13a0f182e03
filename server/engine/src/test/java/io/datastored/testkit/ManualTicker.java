package io.datastored.testkit;

import com.google.common.base.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/** A manual ticker is monotonic time that moves only when told. Thread-safe. */
public final class ManualTicker extends Ticker {

  private final long origin;
  private final AtomicLong nanos;
  private volatile Runnable beforeReading = () -> {};

  /** Begins anywhere: the origin of monotonic time means nothing, and may be below 0. */
  public ManualTicker() {
    this(-5_000_000_000L);
  }

  /** Begins at a reading. */
  public ManualTicker(long origin) {
    this.origin = origin;
    this.nanos = new AtomicLong(origin);
  }

  @Override
  public long read() {
    beforeReading.run();
    return nanos.get();
  }

  /** Has something happen at each reading from now, before it is read. */
  public void atEachReading(Runnable happens) {
    beforeReading = happens;
  }

  /** Has something happen at the n-th reading from now, before it is read. For one thread. */
  public void atReading(int n, Runnable happens) {
    int[] left = {n};
    atEachReading(
        () -> {
          if (--left[0] == 0) {
            happens.run();
          }
        });
  }

  /** Lets time pass. */
  public void advance(Duration duration) {
    nanos.addAndGet(duration.toNanos());
  }

  /** A wall clock that moves with it. */
  public InstantSource clock(Instant start) {
    return () -> start.plusNanos(nanos.get() - origin);
  }
}
