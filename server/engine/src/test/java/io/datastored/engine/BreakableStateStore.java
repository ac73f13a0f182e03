package io.datastored.engine;

import io.datastored.file.StoreException;
import io.datastored.history.AcceptedState;
import io.datastored.history.StateStore;
import java.time.Duration;
import java.util.Optional;

/** A breakable state store is one whose disk a test fills up or breaks. Thread-safe. */
final class BreakableStateStore implements StateStore {

  /** What fails. */
  enum Failing {
    NOTHING,
    /** Nothing can be written, as on a full disk. */
    PREPARE,
    /** What was written cannot be put in its place. */
    COMMIT
  }

  private final StateStore delegate;
  private volatile Failing failing = Failing.NOTHING;

  BreakableStateStore(StateStore delegate) {
    this.delegate = delegate;
  }

  void fail(Failing next) {
    failing = next;
  }

  private void enter(Failing step) throws StoreException {
    if (failing == step) {
      throw new StoreException(
          StoreException.Reason.DISK_FULL, "cannot save /state: no space is left");
    }
  }

  @Override
  public Optional<AcceptedState> load() throws StoreException {
    return delegate.load();
  }

  @Override
  public Prepared prepare(AcceptedState next) throws StoreException {
    enter(Failing.PREPARE);
    Prepared prepared = delegate.prepare(next);
    return new Prepared() {
      @Override
      public void commit() throws StoreException {
        enter(Failing.COMMIT);
        prepared.commit();
      }

      @Override
      public void close() {
        prepared.close();
      }
    };
  }

  @Override
  public Held lock(Duration wait) throws StoreException {
    return delegate.lock(wait);
  }

  @Override
  public void close() throws StoreException {
    delegate.close();
  }
}
