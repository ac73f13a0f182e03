package io.datastored.engine;

import io.datastored.file.StoreException;
import io.datastored.history.AcceptedState;
import io.datastored.history.StateStore;
import java.time.Duration;
import java.util.Optional;
import java.util.Queue;

/**
 * A stepped state store runs what the test wants to happen right before a lock is taken. Confined
 * to the test's thread.
 */
record SteppedStateStore(StateStore delegate, Queue<Runnable> beforeLock) implements StateStore {

  @Override
  public Optional<AcceptedState> load() throws StoreException {
    return delegate.load();
  }

  @Override
  public Prepared prepare(AcceptedState next) throws StoreException {
    return delegate.prepare(next);
  }

  @Override
  public Held lock(Duration wait) throws StoreException {
    Runnable step = beforeLock.poll();
    if (step != null) {
      step.run();
    }
    return delegate.lock(wait);
  }

  @Override
  public void close() throws StoreException {
    delegate.close();
  }
}
