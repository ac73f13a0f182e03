package io.datastored.history.file;

import io.datastored.file.Digest;
import io.datastored.history.AcceptedState;
import io.datastored.history.Store;
import java.time.Duration;
import java.util.Optional;

/** A private state store is a state store in the memory of one process. Thread-safe. */
final class PrivateStateStore implements StateStore {

  private volatile AcceptedState state;

  PrivateStateStore(AcceptedState initial) {
    state = initial;
  }

  @Override
  public Optional<AcceptedState> load() {
    return Optional.of(state);
  }

  @Override
  public Optional<AcceptedState> refresh() {
    return load();
  }

  @Override
  public String describe() {
    return "memory";
  }

  @Override
  public boolean isMeant(Digest accepted, Digest found) {
    return false;
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

  /** Does nothing: there is no other process, and the committer in this one has its own lock. */
  @Override
  public Store.Held lock(Duration wait) {
    return () -> {};
  }
}
