package io.datastored.etcd.history;

import io.datastored.etcd.client.KeyRange;
import java.util.List;

/** Forwarding key values are those of another connection, but for what their kind changes. */
class ForwardingKeyValues implements KeyValues {

  private final KeyValues delegate;

  ForwardingKeyValues(KeyValues delegate) {
    this.delegate = delegate;
  }

  @Override
  public Page range(KeyRange range, long revision, int limit) throws KeyValuesException {
    return delegate.range(range, revision, limit);
  }

  @Override
  public Answer commit(List<Condition> when, List<Change> then) throws KeyValuesException {
    return delegate.commit(when, then);
  }

  @Override
  public Watch watch(String prefix, long from, Listener listener) {
    return delegate.watch(prefix, from, listener);
  }

  @Override
  public void close() {
    delegate.close();
  }
}
