package io.datastored.lease;

import com.google.common.base.Ticker;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** A manual ticker is monotonic time that moves only when told. Thread-safe. */
public final class ManualTicker extends Ticker {

  /** Anywhere: the origin of monotonic time means nothing, and may be below 0. */
  private final AtomicLong nanos = new AtomicLong(-5_000_000_000L);

  @Override
  public long read() {
    return nanos.get();
  }

  /** Lets time pass. */
  public void advance(Duration duration) {
    nanos.addAndGet(duration.toNanos());
  }
}
