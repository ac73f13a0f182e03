package io.datastored.history;

import io.datastored.file.StoreException;
import java.time.Duration;

/**
 * A forwarding store is another one, but for what its kind changes. Thread-safe as far as that one
 * is.
 */
public abstract class ForwardingStore implements Store {

  private final Store delegate;

  protected ForwardingStore(Store delegate) {
    this.delegate = delegate;
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
  public Outcome commit(Seen on, Draft draft) throws StoreException {
    return delegate.commit(on, draft);
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
