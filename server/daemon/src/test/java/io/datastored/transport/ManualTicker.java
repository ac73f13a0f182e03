package io.datastored.transport;

import com.google.common.base.Ticker;
import java.util.concurrent.atomic.AtomicLong;

/** A manual ticker shows the time that a test has set. Thread-safe: one atomic word. */
final class ManualTicker extends Ticker {
  private final AtomicLong now;

  ManualTicker(AtomicLong now) {
    this.now = now;
  }

  @Override
  public long read() {
    return now.get();
  }
}
