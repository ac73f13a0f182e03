package io.datastored.history;

import io.datastored.file.StoreException;
import java.time.Duration;

/**
 * A faulty store fails each commit of another one in every way that {@link Store} permits before it
 * succeeds. Confined to one thread.
 */
public final class FaultyStore implements Store {

  private enum Fault {
    NOT_DONE,
    UNKNOWN_AND_NOT_DONE,
    OVERTAKEN,
    NONE,
    UNKNOWN_AND_DONE
  }

  private final Store delegate;
  private int next;

  public FaultyStore(Store delegate) {
    this.delegate = delegate;
  }

  private static StoreException unknown() {
    return new StoreException(StoreException.Reason.OUTCOME_UNKNOWN, "it may have been written");
  }

  @Override
  public Outcome commit(Seen on, Draft draft) throws StoreException {
    switch (Fault.values()[next++ % Fault.values().length]) {
      case NOT_DONE:
        throw new StoreException(StoreException.Reason.DISK_FULL, "no space is left");
      case UNKNOWN_AND_NOT_DONE:
        throw unknown();
      case OVERTAKEN:
        return Outcome.OVERTAKEN;
      case UNKNOWN_AND_DONE:
        if (delegate.commit(on, draft) == Outcome.COMMITTED) {
          throw unknown();
        }
        return commit(on, draft);
      case NONE:
        return delegate.commit(on, draft);
    }
    throw new AssertionError();
  }

  @Override
  public AcceptedState initial() {
    return delegate.initial();
  }

  @Override
  public Seen look(AcceptedState known, Look how) throws StoreException {
    return delegate.look(known, how);
  }

  @Override
  public Held hold(Duration wait) throws StoreException {
    return delegate.hold(wait);
  }

  @Override
  public void probe(AcceptedState present) throws StoreException {
    delegate.probe(present);
  }

  @Override
  public Doorbell doorbell() {
    return delegate.doorbell();
  }

  @Override
  public Watch watch(Runnable mayHaveChanged) {
    return delegate.watch(mayHaveChanged);
  }

  @Override
  public void requireWritable() throws StoreException {
    delegate.requireWritable();
  }

  @Override
  public String describe() {
    return delegate.describe();
  }

  @Override
  public void close() {
    delegate.close();
  }
}
