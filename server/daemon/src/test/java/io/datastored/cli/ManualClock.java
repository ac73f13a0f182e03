package io.datastored.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that only a test moves, and who sleeps by it. Thread-safe: one number. */
final class ManualClock implements WaitingClock {

  private final AtomicLong nanos = new AtomicLong();

  void advance(Duration time) {
    nanos.addAndGet(Math.max(0, time.toNanos()));
  }

  Duration elapsed() {
    return Duration.ofNanos(nanos.get());
  }

  @Override
  public long nanoTime() {
    return nanos.get();
  }

  @Override
  public Instant wallTime() {
    return Instant.EPOCH.plusNanos(nanos.get());
  }

  @Override
  public void sleep(Duration time) {
    advance(time);
  }
}
