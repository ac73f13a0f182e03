package io.datastored.history;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A local doorbell is a doorbell that no other process sees, for a private engine or a test.
 * Thread-safe.
 */
public final class LocalDoorbell implements Doorbell {

  private final AtomicLong word = new AtomicLong();

  @Override
  public long readAcquire() {
    return word.getAcquire();
  }

  @Override
  public long read() {
    return word.get();
  }

  @Override
  public void raise(Generation generation) {
    word.accumulateAndGet(generation.value(), Math::max);
  }

  @Override
  public boolean intact() {
    return true;
  }
}
