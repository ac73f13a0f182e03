package io.datastored.history;

import java.time.Duration;
import java.util.Optional;

/**
 * A memory state store is one of a single process that forgets: of a private engine, or of a test.
 * Thread-safe.
 */
public final class MemoryStateStore implements StateStore {

  private volatile AcceptedState state;

  public MemoryStateStore(AcceptedState initial) {
    state = initial;
  }

  @Override
  public Optional<AcceptedState> load() {
    return Optional.of(state);
  }

  @Override
  public Prepared prepare(AcceptedState next) {
    return new Prepared() {
      @Override
      public void commit() {
        state = next;
      }

      @Override
      public void close() {}
    };
  }

  /** There is no other process; the engine's own lock serialises its commits. */
  @Override
  public Held lock(Duration wait) {
    return () -> {};
  }

  @Override
  public void close() {}
}
