package io.datastored.engine;

import io.datastored.history.Doorbell;
import io.datastored.history.Generation;
import io.datastored.history.LocalDoorbell;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A stepped doorbell runs what the test wants to happen right before the second look of a lookup or
 * right after a ring, and may be deaf. Confined to the test's thread.
 */
final class SteppedDoorbell implements Doorbell {

  private final Doorbell delegate = new LocalDoorbell();
  final Deque<Runnable> beforeSecondLook = new ArrayDeque<>();
  final Deque<Runnable> afterRing = new ArrayDeque<>();
  boolean deaf;

  @Override
  public long readAcquire() {
    return delegate.readAcquire();
  }

  @Override
  public long read() {
    run(beforeSecondLook);
    return delegate.read();
  }

  @Override
  public void raise(Generation generation) {
    if (deaf) {
      return;
    }
    long before = delegate.read();
    delegate.raise(generation);
    if (delegate.read() != before) {
      run(afterRing);
    }
  }

  /** The generation last rung, without a step. */
  long rung() {
    return delegate.read();
  }

  private static void run(Deque<Runnable> steps) {
    Runnable step = steps.poll();
    if (step != null) {
      step.run();
    }
  }

  @Override
  public boolean intact() {
    return true;
  }
}
